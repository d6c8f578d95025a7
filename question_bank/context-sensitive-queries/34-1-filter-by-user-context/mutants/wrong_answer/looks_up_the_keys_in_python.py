# catches: database_filters, callers_only_narrow, values_are_data
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, event, or_, select, true
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, UserDefinedOption, mapped_column


@dataclass
class Viewer:
    """Who is asking."""

    login: str
    role: str
    teams: list[str]


class Base(DeclarativeBase):
    pass


class Document(Base):
    __tablename__ = "documents"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    owner: Mapped[str]
    team: Mapped[str | None]
    visibility: Mapped[str]


def documents_for(viewer: Viewer | None) -> Select[tuple[Document]]:
    """Select the documents that the viewer may see."""
    return select(Document).options(For(viewer))


class For(UserDefinedOption):
    """Carries the viewer to the event."""


def seen_in_python(document: Document, viewer: Viewer | None) -> bool:
    if document.visibility == "public":
        return True
    if viewer is None or viewer.role not in ("guest", "member", "admin"):
        return False
    if viewer.role == "admin" or document.owner == viewer.login:
        return True
    shared = document.visibility == "team" and document.team in viewer.teams
    return viewer.role == "member" and shared


@event.listens_for(Session, "do_orm_execute")
def leave_out(state):
    for option in state.user_defined_options:
        if isinstance(option, For):
            allowed = [
                document.id
                for document in state.session.scalars(select(Document))
                if seen_in_python(document, option.payload)
            ]
            state.statement = state.statement.where(Document.id.in_(allowed))


def may_see(viewer: Viewer | None) -> ColumnElement[bool]:
    """Return the condition under which the viewer sees a document."""
    public = Document.visibility == "public"
    if viewer is None:
        return public
    own = Document.owner == viewer.login
    match viewer.role:
        case "admin":
            return true()
        case "member":
            shared = and_(Document.visibility == "team", Document.team.in_(viewer.teams))
            return or_(public, own, shared)
        case "guest":
            return or_(public, own)
        case _:  # a role that this code has not heard of gets the least, not the most
            return public
