from typing import NamedTuple

from sqlalchemy import Column, Integer, String, Text, literal, or_, select
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Viewer(NamedTuple):
    login: str
    role: str
    teams: list


class Document(Base):
    __tablename__ = "documents"

    id = Column(Integer, primary_key=True)
    title = Column(Text, nullable=False)
    owner = Column(String(100), nullable=False)
    team = Column(String(100))
    visibility = Column(String(10), nullable=False)


def public(viewer):
    return Document.visibility == "public"


def own(viewer):
    return Document.owner == viewer.login


def of_a_team(viewer):
    return (Document.visibility == "team") & Document.team.in_(viewer.teams)


def everything(viewer):
    return literal(True)


RULES = {
    "guest": [public, own],
    "member": [public, own, of_a_team],
    "admin": [everything],
}


def documents_for(viewer):
    rules = RULES.get(viewer.role, [public]) if viewer else [public]
    return select(Document).filter(or_(*(rule(viewer) for rule in rules)))
