import sqlite3
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from uuid import uuid4

import jwt
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from fastapi.security import OAuth2PasswordBearer
from pydantic import BaseModel

SECRET = "change-me-3b1f0c59d27a4e6c8f5a9d10"
USERS: dict[str, str] = {"ada": "difference", "ben": "lighthouse"}  # passwords by name


class Refused(Exception):
    pass


def memory() -> sqlite3.Connection:
    database = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
    database.execute("create table tokens (id text primary key, login text, used int default 0)")
    return database


@dataclass
class Tokens:
    secret: str
    table: sqlite3.Connection = field(default_factory=memory)

    def read(self, token: str, kind: str) -> dict:
        try:
            claims = jwt.decode(
                token, self.secret, ["HS256"], options={"require": ["exp", "sub", "type"]}
            )
        except jwt.PyJWTError as problem:
            raise Refused from problem
        if claims["type"] != kind:
            raise Refused
        return claims

    def renew(self, token: str) -> dict:
        claims = self.read(token, "refresh")
        if claims["sub"] not in USERS:
            raise Refused
        spent = self.table.execute(
            "update tokens set used = 1 where id = ? and not used", [claims["jti"]]
        )
        if spent.rowcount != 1:
            self.table.execute("delete from tokens where login = ?", [claims["login"]])
            raise Refused
        return self.pair(claims["sub"], claims["login"])

    def pair(self, name: str, login: str) -> dict:
        number = str(uuid4())
        self.table.execute("insert into tokens (id, login) values (?, ?)", [number, login])
        return {
            "token_type": "bearer",
            "access_token": self.sign(name, "access", timedelta(minutes=5)),
            "refresh_token": self.sign(
                name, "refresh", timedelta(days=14), jti=number, login=login
            ),
        }

    def sign(self, name: str, kind: str, lifetime: timedelta, **more: str) -> str:
        expires = datetime.now(timezone.utc) + lifetime
        return jwt.encode({"sub": name, "type": kind, "exp": expires} | more, self.secret)


class Credentials(BaseModel):
    name: str
    password: str


class Body(BaseModel):
    refresh_token: str


tokens = Tokens(SECRET)
router = APIRouter()


@router.post("/login")
async def login(credentials: Credentials):
    if USERS.get(credentials.name) != credentials.password:
        raise Refused
    return tokens.pair(credentials.name, str(uuid4()))


@router.post("/refresh")
async def refresh(body: Body):
    return tokens.renew(body.refresh_token)


@router.get("/me")
async def me(token: str = Depends(OAuth2PasswordBearer("login"))):
    return {"name": tokens.read(token, "access")["sub"]}


app = FastAPI()
app.include_router(router)


@app.exception_handler(Refused)
async def refused(request: Request, exc: Refused) -> JSONResponse:
    return JSONResponse({"error": "invalid_token"}, 401, {"WWW-Authenticate": "Bearer"})
