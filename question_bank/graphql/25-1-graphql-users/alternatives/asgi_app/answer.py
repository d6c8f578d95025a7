"""Strawberry's ASGI application as a route, with resolvers as plain functions. The loaders stand in
a context variable that a schema extension fills for each operation.
"""

from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Annotated, Self

import strawberry
from fastapi import APIRouter, FastAPI
from strawberry import ID
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader
from strawberry.extensions import SchemaExtension

# The store: in production a database.


@dataclass
class UserRow:
    id: int
    first_name: str
    last_name: str
    email: str
    password_hash: str
    team_id: int | None


@dataclass
class TeamRow:
    id: int
    name: str


USERS: dict[int, UserRow] = {}
TEAMS: dict[int, TeamRow] = {}
CALLS: list[str] = []  # the names of the functions that were called
DOWN: set[str] = set()  # the names of those that fail


def called(name: str) -> None:
    CALLS.append(name)
    if name in DOWN:
        raise ConnectionError("postgresql://intranet:hunter2@10.0.0.5 does not answer")


async def fetch_users(ids: Iterable[int]) -> list[UserRow]:
    """The users with these ids, as far as they exist, in any order."""
    called("fetch_users")
    wanted = set(ids)
    return sorted((u for u in USERS.values() if u.id in wanted), key=lambda u: u.last_name)


async def fetch_page(first: int, after: int = 0) -> list[UserRow]:
    """The first users whose id is greater than `after`, in the order of their ids."""
    called("fetch_page")
    return [USERS[id] for id in sorted(USERS) if id > after][:first]


async def fetch_teams(ids: Iterable[int]) -> list[TeamRow]:
    """The teams with these ids, as far as they exist, in any order."""
    called("fetch_teams")
    wanted = set(ids)
    return sorted((t for t in TEAMS.values() if t.id in wanted), key=lambda t: t.name)


async def fetch_members(team_ids: Iterable[int]) -> list[UserRow]:
    """The members of all these teams, in any order."""
    called("fetch_members")
    wanted = set(team_ids)
    return sorted((u for u in USERS.values() if u.team_id in wanted), key=lambda u: u.last_name)


def by_id(fetch):
    async def load(ids):
        rows = {row.id: row for row in await fetch(ids)}
        return [rows.get(id) for id in ids]

    return load


async def by_team(ids):
    rows = await fetch_members(ids)
    rows.sort(key=lambda row: row.id)
    return [[row for row in rows if row.team_id == id] for id in ids]


loaders: ContextVar[dict[str, DataLoader]] = ContextVar("loaders")


class Loaders(SchemaExtension):
    def on_operation(self):
        loaders.set(
            {
                "user": DataLoader(load_fn=by_id(fetch_users)),
                "team": DataLoader(load_fn=by_id(fetch_teams)),
                "members": DataLoader(load_fn=by_team),
            }
        )
        yield
        result = self.execution_context.result
        for error in (result and result.errors) or []:
            if error.path and not isinstance(error.original_error, WrongArgument | None):
                error.message = "internal error"


class WrongArgument(Exception):
    pass


async def resolve_team(root: "User") -> Annotated["Team", strawberry.lazy("answer")] | None:
    row = await loaders.get()["team"].load(root.row.team_id) if root.row.team_id is not None else None
    return Team(id=ID(str(row.id)), name=row.name) if row else None


async def resolve_members(root: "Team") -> list["User"]:
    return [User.of(row) for row in await loaders.get()["members"].load(int(root.id))]


@strawberry.type
class User:
    row: strawberry.Private[UserRow]
    id: ID
    full_name: str
    email: str
    team = strawberry.field(resolver=resolve_team)

    @classmethod
    def of(cls, row: UserRow) -> Self:
        name = f"{row.first_name} {row.last_name}"
        return cls(row=row, id=ID(str(row.id)), full_name=name, email=row.email)


@strawberry.type
class Team:
    id: ID
    name: str
    members: list[User] = strawberry.field(resolver=resolve_members)


async def find_user(id: ID) -> User | None:
    try:
        row = await loaders.get()["user"].load(int(id))
    except ValueError:
        return None
    return User.of(row) if row else None


async def list_users(first: int = 20, after: ID | None = None) -> list[User]:
    if first not in range(1, 51):
        raise WrongArgument("Argument first: 1 to 50, please.")
    return [User.of(row) for row in await fetch_page(first, int(after) if after else 0)]


@strawberry.type
class Query:
    user: User | None = strawberry.field(resolver=find_user)
    users: list[User] = strawberry.field(resolver=list_users)


router = APIRouter()
router.add_route("/graphql", GraphQL(strawberry.Schema(query=Query, extensions=[Loaders])), ["POST"])
app = FastAPI()
app.include_router(router)
