# catches: it_stays_at_home
import secrets
import time
from typing import Annotated, NamedTuple

from fastapi import Cookie, FastAPI, HTTPException, Response
from pydantic import BaseModel

USERS: dict[str, str] = {"ada": "difference"}  # passwords by name
NAME = "__Host-session"
LIFETIME = 3600

app = FastAPI()


def now() -> float:
    """Return the time, in seconds since 1970."""
    return time.time()


class Credentials(BaseModel):
    name: str
    password: str


class Session(NamedTuple):
    user: str
    ends: float


Value = Annotated[str, Cookie(alias=NAME)]
sessions: dict[str, Session] = {}  # by the cookie's value


@app.post("/login", status_code=204)
async def login(credentials: Credentials, response: Response) -> None:
    expected = USERS.get(credentials.name, "")
    same = secrets.compare_digest(credentials.password.encode(), expected.encode())
    if not same or credentials.name not in USERS:
        raise HTTPException(401, "Name or password is wrong.")
    value = secrets.token_urlsafe(32)
    sessions[value] = Session(credentials.name, now() + LIFETIME)
    response.set_cookie(
        NAME, value, secure=True, httponly=True, samesite="lax"
    )


@app.get("/me")
async def me(value: Value = "") -> dict[str, str]:
    session = sessions.get(value)
    if session is None or session.ends <= now():
        raise HTTPException(401, "Sign in first.")
    return {"name": session.user}


@app.post("/logout", status_code=204)
async def logout(response: Response, value: Value = "") -> None:
    sessions.pop(value, None)
    response.delete_cookie(NAME, secure=True)  # else a browser ignores it, for the name's sake
