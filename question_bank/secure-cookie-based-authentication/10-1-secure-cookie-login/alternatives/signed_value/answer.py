import hashlib
import hmac
import time
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode

from fastapi import APIRouter, Depends, FastAPI, HTTPException
from fastapi.responses import JSONResponse, Response
from fastapi.security import APIKeyCookie
from pydantic import BaseModel

USERS: dict[str, str] = {"ada": "difference"}  # passwords by name


def now() -> float:
    """Return the time, in seconds since 1970."""
    return time.time()


KEY = uuid.uuid4().bytes + uuid.uuid4().bytes
signed_out: set[str] = set()
router = APIRouter()
cookie = APIKeyCookie(name="__Host-session", auto_error=False)


class Credentials(BaseModel):
    name: str
    password: str


def sign(text: str) -> str:
    return hmac.new(KEY, text.encode(), hashlib.sha256).hexdigest()


def make(user: str) -> str:
    name = urlsafe_b64encode(user.encode()).decode().rstrip("=")
    text = f"{name}.{now() + 3600:.0f}.{uuid.uuid4().hex}"
    return f"{text}.{sign(text)}"


def user_of(value: str | None = Depends(cookie)) -> str | None:
    text, _, seal = (value or "").rpartition(".")
    if not hmac.compare_digest(sign(text).encode(), seal.encode()):
        return None
    name, ends, number = text.split(".")
    if now() > int(ends) or number in signed_out:
        return None
    return urlsafe_b64decode(name + "=" * (-len(name) % 4)).decode()


def with_cookie(value: str, age: int) -> Response:
    flags = "Path=/; Secure; HttpOnly; SameSite=Strict"
    return Response(
        status_code=204,
        headers={"set-cookie": f"__Host-session={value}; Max-Age={age}; {flags}"},
    )


@router.post("/login")
def login(credentials: Credentials) -> Response:
    if credentials.name in USERS and USERS[credentials.name] == credentials.password:
        return with_cookie(make(credentials.name), 3600)
    return JSONResponse({"error": "refused"}, 401)


@router.get("/me")
def me(user: str | None = Depends(user_of)) -> dict[str, str]:
    if user is None:
        raise HTTPException(401)
    return {"name": user}


@router.post("/logout")
def logout(value: str | None = Depends(cookie), user: str | None = Depends(user_of)) -> Response:
    if value is not None and user is not None:
        signed_out.add(value.split(".")[2])
    return with_cookie("", 0)


app = FastAPI()
app.include_router(router)
