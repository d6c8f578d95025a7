"""The question that figures are told of: a small FastAPI and SQLAlchemy answer with five checks.

It is no question of the bank: a benchmark that changes with the content compares nothing.
"""

import shutil
from pathlib import Path

from greenroom.bank.scaffold import write_files

SLUG = "keep-notes"
FILES = {
    "topic.toml": """\
number = 9999
title = "Measuring"
section = "Measuring"
blurb = "What `greenroom bench` measures with."
""",
    f"{SLUG}/question.toml": f"""\
format = 1
id = "q-{SLUG}"
slug = "{SLUG}"
kind = "code"
title = "Write an API that keeps notes."
difficulty = "mid"
minutes = 20
profile = "fastapi"
fresh = false
""",
    f"{SLUG}/statement.md": "Keep notes: `POST /notes`, `GET /notes/{id}`, `GET /notes?q=`.\n",
    f"{SLUG}/starter/answer.py": "from fastapi import FastAPI\n\napp = FastAPI()\n",
    f"{SLUG}/reference/answer.py": """\
from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import StaticPool, String, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

engine = create_engine(
    "sqlite://", connect_args={"check_same_thread": False}, poolclass=StaticPool
)


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(100), index=True)
    body: Mapped[str] = mapped_column(default="")


class NewNote(BaseModel):
    title: str = Field(min_length=1, max_length=100)
    body: str = ""


class KeptNote(NewNote):
    model_config = ConfigDict(from_attributes=True)

    id: int


Base.metadata.create_all(engine)
app = FastAPI()


def get_session() -> Iterator[Session]:
    with Session(engine) as session:
        yield session


Db = Annotated[Session, Depends(get_session)]


@app.post("/notes", status_code=201)
def keep(new: NewNote, session: Db) -> KeptNote:
    note = Note(**new.model_dump())
    session.add(note)
    session.commit()
    return KeptNote.model_validate(note)


@app.get("/notes/{note_id}")
def read(note_id: int, session: Db) -> KeptNote:
    note = session.get(Note, note_id)
    if note is None:
        raise HTTPException(404, "There is no such note.")
    return KeptNote.model_validate(note)


@app.get("/notes")
def find(q: str, session: Db) -> list[KeptNote]:
    wanted = select(Note).where(Note.title.contains(q, autoescape=True)).order_by(Note.title)
    return [KeptNote.model_validate(note) for note in session.scalars(wanted)]
""",
    f"{SLUG}/mutants/wrong_answer/forgets.py": """\
# catches: keeps_a_note, reads_it_back, refuses_a_note_without_a_title, finds_by_title
from fastapi import FastAPI

app = FastAPI()
""",
    f"{SLUG}/mutants/wrong_answer/knows_every_note.py": """\
# catches: keeps_a_note, reads_it_back, does_not_know_others, refuses_a_note_without_a_title
# catches: finds_by_title
from fastapi import FastAPI

app = FastAPI()


@app.get("/notes/{note_id}")
def read(note_id: int) -> dict[str, int]:
    return {"id": note_id}
""",
    f"{SLUG}/grader.py": '''\
"""Checks for an API that keeps notes."""

from random import Random

from greenroom_runner.harness.grading import Answer, check


@check("A note is kept", visible=True)
def keeps_a_note(answer: Answer, random: Random) -> None:
    title = f"note {random.random()}"
    reply = answer.http.post("/notes", json={"title": title, "body": "x"})
    assert reply.status == 201, "A note that is kept is answered with 201."
    assert reply.json()["title"] == title, "The answer holds the note."


@check("A note is read back", visible=True)
def reads_it_back(answer: Answer, random: Random) -> None:
    note = {"title": f"note {random.random()}", "body": "Tea at four."}
    kept = answer.http.post("/notes", json=note)
    assert kept.status == 201, "A note that is kept is answered with 201."
    reply = answer.http.get(f"/notes/{kept.json()['id']}")
    assert reply.json() == {**note, "id": kept.json()["id"]}, "The note is as it was kept."


@check("Others are not known")
def does_not_know_others(answer: Answer, random: Random) -> None:
    reply = answer.http.get(f"/notes/{random.randrange(10**6, 10**7)}")
    assert reply.status == 404, "A note that is not there is answered with 404."


@check("A note without a title is refused")
def refuses_a_note_without_a_title(answer: Answer) -> None:
    assert answer.http.post("/notes", json={"title": ""}).status == 422, "It has no title."


@check("Notes are found by their title")
def finds_by_title(answer: Answer, random: Random) -> None:
    word = f"w{random.random()}"
    for title in (f"b {word}", f"a {word}", "another"):
        kept = answer.http.post("/notes", json={"title": title})
        assert kept.status == 201, "A note that is kept is answered with 201."
    found = [note["title"] for note in answer.http.get("/notes", params={"q": word}).json()]
    assert found == [f"a {word}", f"b {word}"], "The titles that hold the word, in order."
''',
}


def bank_with_it(folder: Path, bank: Path) -> Path:
    """Copy `bank` into `folder`, which is made, and add the question. Returns `folder`."""
    shutil.copytree(bank, folder, ignore=shutil.ignore_patterns("__pycache__"))
    write_files(folder / "measuring", FILES)
    return folder
