from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Viewer:
    def __init__(self, login: str, role: str, teams: list[str]) -> None:
        self.login, self.role, self.teams = login, role, teams


class Base(DeclarativeBase):
    pass


class Document(Base):
    __tablename__ = "documents"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    owner: Mapped[str]
    team: Mapped[str | None]
    visibility: Mapped[str]


PUBLIC = "documents.visibility = 'public'"
OWN = "documents.owner = :viewer_login"
SHARED = "documents.visibility = 'team' AND documents.team IN :viewer_teams"


def documents_for(viewer):
    if viewer is None or viewer.role not in ("guest", "member", "admin"):
        return select(Document).where(text(PUBLIC))
    if viewer.role == "admin":
        return select(Document)
    if viewer.role == "guest":
        return select(Document).where(
            text(f"({PUBLIC} OR {OWN})").bindparams(viewer_login=viewer.login)
        )
    condition = text(f"({PUBLIC} OR {OWN} OR ({SHARED}))")
    return select(Document).where(
        condition.bindparams(
            bindparam("viewer_login", viewer.login),
            bindparam("viewer_teams", viewer.teams, expanding=True),
        )
    )
