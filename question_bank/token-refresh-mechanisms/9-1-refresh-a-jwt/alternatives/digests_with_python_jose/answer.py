import hashlib
import time
import uuid
from threading import Lock

from fastapi import FastAPI, Header, HTTPException
from jose import JWTError, jwt
from pydantic import BaseModel

SECRET = "change-me-3b1f0c59d27a4e6c8f5a9d10"
USERS: dict[str, str] = {"ada": "difference", "ben": "lighthouse"}  # passwords by name

app = FastAPI()
families: dict[str, str] = {}  # the family of each refresh token ever given, by digest
unused: set[str] = set()
revoked: set[str] = set()
lock = Lock()


class Credentials(BaseModel):
    name: str
    password: str


class Shown(BaseModel):
    refresh_token: str


class Pair(BaseModel):
    access_token: str
    refresh_token: str
    token_type: str = "bearer"


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def make(name: str, kind: str, seconds: int) -> str:
    now = int(time.time())
    claims = {"sub": name, "type": kind, "iat": now, "exp": now + seconds, "jti": uuid.uuid4().hex}
    return jwt.encode(claims, SECRET)


def pair(name: str, family: str) -> Pair:
    given = Pair(
        access_token=make(name, "access", 5 * 60), refresh_token=make(name, "refresh", 14 * 86400)
    )
    families[digest(given.refresh_token)] = family
    unused.add(digest(given.refresh_token))
    return given


def name_in(token: str, kind: str) -> str:
    try:
        claims = jwt.decode(token, SECRET, algorithms="HS256")
    except JWTError as error:
        raise HTTPException(401, str(error)) from error
    if claims.get("type") != kind:
        raise HTTPException(401)
    return claims["sub"]


@app.post("/login")
def login(credentials: Credentials) -> Pair:
    if USERS.get(credentials.name) != credentials.password:
        raise HTTPException(401)
    with lock:
        return pair(credentials.name, family=uuid.uuid4().hex)


@app.post("/refresh")
def refresh(shown: Shown) -> Pair:
    name = name_in(shown.refresh_token, "refresh")
    key = digest(shown.refresh_token)
    with lock:
        family = families.get(key)
        if family is None or family in revoked or name not in USERS:
            raise HTTPException(401)
        if key not in unused:
            revoked.add(family)
            raise HTTPException(401)
        unused.remove(key)
        return pair(name, family)


@app.get("/me")
def me(authorization: str = Header("")) -> dict[str, str]:
    return {"name": name_in(authorization.removeprefix("Bearer "), "access")}
