from dataclasses import dataclass

from sqlalchemy import Select, select
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
    return select(Document)
