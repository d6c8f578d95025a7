from itertools import count
from typing import Any, NamedTuple

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field


class User(NamedTuple):
    name: str
    roles: frozenset[str]


SESSIONS: dict[str, User] = {"token-of-ben": User("ben", frozenset({"analyst"}))}  # by token
REPORTS: dict[int, str] = {1: "Sales by region"}
numbers = count(2)

app = FastAPI()


class NewReport(BaseModel):
    title: str = Field(min_length=1)


def require_roles(*roles: str) -> Any:
    """Return a dependency that lets in who has one of the roles."""
    raise NotImplementedError


# these routes are open to everybody


@app.get("/me")
def me() -> dict[str, str]:
    return {"name": "nobody"}  # the name of who asks


@app.get("/reports")
def list_reports() -> dict[int, str]:
    return REPORTS


@app.post("/reports", status_code=201)
def add_report(report: NewReport) -> dict[str, int]:
    number = next(numbers)
    REPORTS[number] = report.title
    return {"id": number}


@app.delete("/reports/{number}", status_code=204)
def delete_report(number: int) -> None:
    if REPORTS.pop(number, None) is None:
        raise HTTPException(404, "There is no such report.")
