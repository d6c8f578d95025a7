from dataclasses import dataclass, field

from sqlalchemy import String, false, or_, select
from sqlalchemy.ext.hybrid import hybrid_method
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


@dataclass(frozen=True)
class Viewer:
    login: str
    role: str = "guest"
    teams: list[str] = field(default_factory=list)


class Base(DeclarativeBase):
    pass


class Document(Base):
    __tablename__ = "documents"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    owner: Mapped[str] = mapped_column(String(80), index=True)
    team: Mapped[str | None] = mapped_column(String(80), index=True)
    visibility: Mapped[str] = mapped_column(String(10), default="private")

    @hybrid_method
    def shared_with(self, teams):
        return self.visibility == "team" and self.team in teams

    @shared_with.expression
    def shared_with(cls, teams):
        return (cls.visibility == "team") & cls.team.in_(teams)


def documents_for(viewer):
    statement = select(Document)
    role = viewer.role if viewer is not None else None
    if role == "admin":
        return statement
    known = role in ("guest", "member")
    return statement.where(
        or_(
            Document.visibility == "public",
            Document.owner == viewer.login if known else false(),
            Document.shared_with(viewer.teams) if role == "member" else false(),
        )
    )
