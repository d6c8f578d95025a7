# catches: callers_only_narrow
from dataclasses import dataclass

from sqlalchemy import Select, select, text
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
    conditions = ["documents.visibility = 'public'"]
    values = {}
    if viewer is not None and viewer.role == "admin":
        return select(Document)
    if viewer is not None and viewer.role in ("guest", "member"):
        conditions.append("documents.owner = :login")
        values["login"] = viewer.login
    if viewer is not None and viewer.role == "member":
        for number, team in enumerate(viewer.teams):
            conditions.append(f"documents.visibility = 'team' AND documents.team = :team_{number}")
            values[f"team_{number}"] = team
    return select(Document).where(text(" OR ".join(conditions)).bindparams(**values))
