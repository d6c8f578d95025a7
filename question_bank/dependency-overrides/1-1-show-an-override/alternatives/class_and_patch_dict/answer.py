from typing import Annotated, NamedTuple
from unittest import mock

from fastapi import Depends, FastAPI, HTTPException
from fastapi.testclient import TestClient


class User(NamedTuple):
    name: str
    roles: tuple[str, ...]


def current_user() -> User:
    raise HTTPException(503, "The identity provider cannot be reached from here.")


CurrentUser = Annotated[User, Depends(current_user)]


def require_role(role: str):
    def checked(user: CurrentUser) -> None:
        if role not in user.roles:
            raise HTTPException(403, f"This is for the role {role}.")

    return checked


app = FastAPI()


@app.get("/me")
def me(user: CurrentUser) -> dict[str, str]:
    return {"name": user.name}


@app.delete("/rooms/{room_id}", status_code=204, dependencies=[Depends(require_role("manager"))])
def close_room(room_id: int) -> None:
    pass


class signed_in:
    def __init__(self, name: str, *roles: str) -> None:
        self.user = User(name, roles)
        overrides = {current_user: self.replacement}
        self.patch = mock.patch.dict(app.dependency_overrides, overrides)

    async def replacement(self) -> User:
        return self.user

    def __enter__(self) -> TestClient:
        self.patch.start()
        return TestClient(app)

    def __exit__(self, *_: object) -> None:
        self.patch.stop()
