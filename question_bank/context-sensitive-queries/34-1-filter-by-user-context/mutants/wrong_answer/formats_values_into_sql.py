# catches: values_are_data
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
    if viewer is None:
        return select(Document).where(text("documents.visibility = 'public'"))
    if viewer.role == "admin":
        return select(Document)
    condition = "documents.visibility = 'public'"
    if viewer.role in ("guest", "member"):
        condition += f" OR documents.owner = '{viewer.login}'"
    if viewer.role == "member" and viewer.teams:
        teams = ", ".join(f"'{team}'" for team in viewer.teams)
        condition += f" OR (documents.visibility = 'team' AND documents.team IN ({teams}))"
    return select(Document).where(text(f"({condition})"))
