import time

from fastapi import FastAPI, HTTPException, Response
from pydantic import BaseModel

USERS: dict[str, str] = {"ada": "difference"}  # passwords by name

app = FastAPI()


def now() -> float:
    """Return the time, in seconds since 1970."""
    return time.time()


class Credentials(BaseModel):
    name: str
    password: str


@app.post("/login", status_code=204)
def login(credentials: Credentials, response: Response) -> None:
    if USERS.get(credentials.name) != credentials.password:
        raise HTTPException(401, "Name or password is wrong.")
    response.set_cookie("session", credentials.name)  # this will not do


# /me and /logout go here
