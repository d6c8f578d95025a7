# catches: tokens_have_their_claims, refresh_gives_a_new_pair
import secrets
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel

SECRET = "change-me-3b1f0c59d27a4e6c8f5a9d10"
USERS: dict[str, str] = {"ada": "difference", "ben": "lighthouse"}  # passwords by name
LIFETIMES = {"access": timedelta(minutes=5), "refresh": timedelta(days=14)}

app = FastAPI()
sessions: dict[str, str] = {}  # by session: the serial number of its one good refresh token


class Credentials(BaseModel):
    name: str
    password: str


class Refresh(BaseModel):
    refresh_token: str


@app.post("/login")
async def login(credentials: Credentials) -> dict[str, str]:
    if USERS.get(credentials.name) != credentials.password:
        raise HTTPException(401, "Name or password is wrong.")
    return issue(credentials.name, secrets.token_urlsafe(16))


@app.post("/refresh")
async def refresh(shown: Refresh) -> dict[str, str]:
    claims = verified(shown.refresh_token, "refresh")
    name, session = claims["user"], claims["sid"]
    if sessions.get(session) != claims["jti"] or name not in USERS:
        sessions.pop(session, None)
        raise HTTPException(401, "Sign in again.")
    return issue(name, session)


@app.get("/me")
async def me(
    shown: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())],
) -> dict[str, str]:
    return {"name": verified(shown.credentials, "access")["user"]}


def issue(name: str, session: str) -> dict[str, str]:
    serial = secrets.token_urlsafe(16)
    sessions[session] = serial
    return {
        "access_token": signed("access", user=name),
        "refresh_token": signed("refresh", user=name, sid=session, jti=serial),
        "token_type": "bearer",
    }


def signed(kind: str, **claims: str) -> str:
    expires = datetime.now(UTC) + LIFETIMES[kind]
    return jwt.encode({"type": kind, "exp": expires, **claims}, SECRET, algorithm="HS256")


def verified(token: str, kind: str) -> dict[str, Any]:
    try:
        claims = jwt.decode(token, SECRET, algorithms=["HS256"])
    except jwt.InvalidTokenError:
        raise HTTPException(401, "This token is not valid.") from None
    if claims["type"] != kind:
        raise HTTPException(401, "This token is for something else.")
    return claims
