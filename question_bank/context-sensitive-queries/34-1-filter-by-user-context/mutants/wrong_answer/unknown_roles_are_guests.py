# catches: unknown_role_sees_least
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, or_, select, true
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


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
    return select(Document).where(may_see(viewer))


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
        case _:
            return or_(public, own)
