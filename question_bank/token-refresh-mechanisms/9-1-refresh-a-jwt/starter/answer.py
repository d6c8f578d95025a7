from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

SECRET = "change-me-3b1f0c59d27a4e6c8f5a9d10"
USERS: dict[str, str] = {"ada": "difference", "ben": "lighthouse"}  # passwords by name

app = FastAPI()


class Credentials(BaseModel):
    name: str
    password: str


@app.post("/login")
async def login(credentials: Credentials) -> dict[str, str]:
    if USERS.get(credentials.name) != credentials.password:
        raise HTTPException(401, "Name or password is wrong.")
    return {"access_token": "", "refresh_token": "", "token_type": "bearer"}  # tokens go here


# /refresh and /me go here
