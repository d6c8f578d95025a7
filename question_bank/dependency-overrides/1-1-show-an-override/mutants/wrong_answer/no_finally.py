# catches: block_ends_the_override
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, NamedTuple

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


@contextmanager
def signed_in(name: str, *roles: str) -> Iterator[TestClient]:
    app.dependency_overrides[current_user] = lambda: User(name, roles)
    yield TestClient(app)
    del app.dependency_overrides[current_user]
