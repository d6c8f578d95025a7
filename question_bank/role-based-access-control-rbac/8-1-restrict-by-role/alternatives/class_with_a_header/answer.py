from itertools import count
from typing import NamedTuple

from fastapi import Depends, FastAPI, Header, HTTPException
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


class SignedIn:
    """Let in who has a session."""

    def __call__(self, authorization: str = Header("")) -> User:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or token not in SESSIONS:
            raise HTTPException(401, headers={"WWW-Authenticate": 'Bearer realm="reports"'})
        user = SESSIONS[token]
        self.authorise(user)
        return user

    def authorise(self, user: User) -> None:
        pass


class require_roles(SignedIn):
    """Let in who has one of the roles."""

    def __init__(self, *roles: str) -> None:
        self.roles = roles

    def authorise(self, user: User) -> None:
        if not any(role in user.roles for role in self.roles):
            raise HTTPException(403)


signed_in = SignedIn()
may_read = require_roles("admin", "analyst")
may_write = require_roles("admin")


@app.get("/me")
def me(user: User = Depends(signed_in)) -> dict[str, str]:
    return {"name": user.name}


@app.get("/reports")
def list_reports(user: User = Depends(may_read)) -> dict[int, str]:
    return REPORTS


@app.post("/reports", status_code=201)
def add_report(report: NewReport, user: User = Depends(may_write)) -> dict[str, int]:
    number = next(numbers)
    REPORTS[number] = report.title
    return {"id": number}


@app.delete("/reports/{number}", status_code=204)
def delete_report(number: int, user: User = Depends(may_write)) -> None:
    if REPORTS.pop(number, None) is None:
        raise HTTPException(404, "There is no such report.")
