from itertools import count
from typing import NamedTuple

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from fastapi.security import OAuth2PasswordBearer
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


class Refused(Exception):
    def __init__(self, status: int) -> None:
        self.status = status


@app.exception_handler(Refused)
async def refused(request: Request, exc: Refused) -> JSONResponse:
    headers = {"WWW-Authenticate": "Bearer"} if exc.status == 401 else {}
    return JSONResponse({"error": "refused"}, exc.status, headers)


token_shown = OAuth2PasswordBearer(tokenUrl="sign-in", auto_error=False)


async def user_of(token: str | None = Depends(token_shown)) -> User:
    try:
        return SESSIONS[token or ""]
    except KeyError:
        raise Refused(401) from None


def require_roles(*roles):
    wanted = set(roles)

    async def authorised(user: User = Depends(user_of)) -> User:
        if not wanted & user.roles:
            raise Refused(403)
        return user

    return authorised


readers = APIRouter(dependencies=[Depends(require_roles("analyst", "admin"))])
admins = APIRouter(prefix="/reports", dependencies=[Depends(require_roles("admin"))])


@app.get("/me")
async def me(user: User = Depends(user_of)) -> dict[str, str]:
    return {"name": user.name}


@readers.get("/reports")
async def list_reports() -> dict[int, str]:
    return REPORTS


@admins.post("", status_code=201)
async def add_report(report: NewReport) -> dict[str, int]:
    number = next(numbers)
    REPORTS[number] = report.title
    return {"id": number}


@admins.delete("/{number}", status_code=204)
async def delete_report(number: int) -> None:
    if REPORTS.pop(number, None) is None:
        raise HTTPException(404, "There is no such report.")


app.include_router(readers)
app.include_router(admins)
