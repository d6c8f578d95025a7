import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from secrets import token_hex

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

USERS: dict[str, str] = {"ada": "difference"}  # passwords by name

app = FastAPI()


def now() -> float:
    """Return the time, in seconds since 1970."""
    return time.time()


class Credentials(BaseModel):
    name: str
    password: str


@dataclass
class Session:
    name: str
    since: datetime

    @property
    def over(self) -> bool:
        return clock() - self.since >= Sessions.age


class Sessions(dict[str, Session]):
    age = timedelta(hours=1)

    def begin(self, name: str) -> str:
        value = token_hex(24)
        self[value] = Session(name, clock())
        return value

    def find(self, value: str) -> Session | None:
        session = self.get(value)
        if session and session.over:
            del self[value]
            return None
        return session


def clock() -> datetime:
    return datetime.fromtimestamp(now(), UTC)


OPTIONS = {"secure": True, "httponly": True, "samesite": "strict"}
open_sessions = Sessions()


@app.middleware("http")
async def find_session(request: Request, call_next):
    request.state.value = request.cookies.get("__Host-session", "")
    request.state.session = open_sessions.find(request.state.value)
    return await call_next(request)


@app.post("/login")
async def login(credentials: Credentials) -> Response:
    if USERS.get(credentials.name) != credentials.password:
        return JSONResponse({"detail": "no"}, 401)
    response = Response(status_code=204)
    value = open_sessions.begin(credentials.name)
    age = int(Sessions.age.total_seconds())
    response.set_cookie("__Host-session", value, age, expires=age, **OPTIONS)
    return response


@app.get("/me")
async def me(request: Request):
    if not request.state.session:
        return Response(status_code=401)
    return {"name": request.state.session.name}


@app.post("/logout")
async def logout(request: Request) -> Response:
    open_sessions.pop(request.state.value, None)
    response = Response(status_code=204)
    response.set_cookie("__Host-session", "", expires=datetime(2001, 1, 1, tzinfo=UTC), **OPTIONS)
    return response
