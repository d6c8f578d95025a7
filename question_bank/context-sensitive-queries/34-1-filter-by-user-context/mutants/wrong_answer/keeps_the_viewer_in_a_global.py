# catches: statements_are_apart
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select, true
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
    global current
    current = viewer
    if viewer is None:
        return select(Document).where(Document.visibility == "public")
    if viewer.role == "admin":
        return select(Document)
    login = bindparam("login", callable_=lambda: current.login if current else None)
    teams = bindparam("teams", callable_=lambda: current.teams if current else [], expanding=True)
    reasons = [Document.visibility == "public"]
    if viewer.role in ("guest", "member"):
        reasons.append(Document.owner == login)
    if viewer.role == "member":
        reasons.append(and_(Document.visibility == "team", Document.team.in_(teams)))
    return select(Document).where(or_(*reasons))


current: Viewer | None = None
