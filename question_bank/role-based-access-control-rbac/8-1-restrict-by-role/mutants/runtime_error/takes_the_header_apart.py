# catches: unknown_gets_401, me_is_for_everybody_known, writing_is_for_admins, refusal_comes_first
# catches: guard_gives_the_user, strange_headers_are_unknown
from collections.abc import Callable
from itertools import count
from typing import Annotated, NamedTuple

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


def current_user(
    authorization: Annotated[str, Header()] = "",
) -> User:
    scheme, token = authorization.split(" ")
    user = SESSIONS.get(token)
    if scheme.lower() != "bearer" or user is None:
        raise HTTPException(401, "Sign in first.", headers={"WWW-Authenticate": "Bearer"})
    return user


CurrentUser = Annotated[User, Depends(current_user)]


def require_roles(*roles: str) -> Callable[[User], User]:
    def guard(user: CurrentUser) -> User:
        if user.roles.isdisjoint(roles):
            raise HTTPException(403, "Your role does not allow this.")
        return user

    return guard


@app.get("/me")
def me(user: CurrentUser) -> dict[str, str]:
    return {"name": user.name}


@app.get("/reports", dependencies=[Depends(require_roles("analyst", "admin"))])
def list_reports() -> dict[int, str]:
    return REPORTS


@app.post("/reports", status_code=201, dependencies=[Depends(require_roles("admin"))])
def add_report(report: NewReport) -> dict[str, int]:
    number = next(numbers)
    REPORTS[number] = report.title
    return {"id": number}


@app.delete("/reports/{number}", status_code=204, dependencies=[Depends(require_roles("admin"))])
def delete_report(number: int) -> None:
    if REPORTS.pop(number, None) is None:
        raise HTTPException(404, "There is no such report.")
