# catches: failures_stay_small
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import strawberry
from fastapi import FastAPI
from graphql import GraphQLError
from strawberry.dataloader import DataLoader
from strawberry.fastapi import BaseContext, GraphQLRouter

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


async def load_users(ids: list[int]) -> list[UserRow | None]:
    found = {user.id: user for user in await fetch_users(ids)}
    return [found.get(id) for id in ids]


async def load_teams(ids: list[int]) -> list[TeamRow | None]:
    found = {team.id: team for team in await fetch_teams(ids)}
    return [found.get(id) for id in ids]


async def load_members(team_ids: list[int]) -> list[list[UserRow]]:
    found: dict[int | None, list[UserRow]] = defaultdict(list)
    for user in await fetch_members(team_ids):
        found[user.team_id].append(user)
    return [sorted(found[id], key=lambda user: user.id) for id in team_ids]


class Context(BaseContext):
    """One for each request: loaders remember what they have loaded."""

    def __init__(self) -> None:
        super().__init__()
        self.users = DataLoader(load_users)
        self.teams = DataLoader(load_teams)
        self.members = DataLoader(load_members)


Info = strawberry.Info[Context, None]


@strawberry.type
class Team:
    id: strawberry.ID
    name: str

    @strawberry.field
    async def members(self, info: Info) -> list["User"]:
        return [shown(row) for row in await info.context.members.load(int(self.id))]


@strawberry.type
class User:
    id: strawberry.ID
    full_name: str
    email: str
    team_id: strawberry.Private[int | None]

    @strawberry.field
    async def team(self, info: Info) -> Team | None:
        if self.team_id is None:
            return None
        row = await info.context.teams.load(self.team_id)
        return row and Team(id=strawberry.ID(str(row.id)), name=row.name)


def shown(row: UserRow) -> User:
    return User(
        id=strawberry.ID(str(row.id)),
        full_name=f"{row.first_name} {row.last_name}",
        email=row.email,
        team_id=row.team_id,
    )


@strawberry.type
class Query:
    @strawberry.field
    async def user(self, info: Info, id: strawberry.ID) -> User | None:
        if not id.isdecimal():
            return None
        row = await info.context.users.load(int(id))
        return row and shown(row)

    @strawberry.field
    async def users(self, first: int = 20, after: strawberry.ID | None = None) -> list[User]:
        if not 1 <= first <= 50:
            raise GraphQLError("first must be between 1 and 50.")
        return [shown(row) for row in await fetch_page(first, int(after or 0))]


schema = strawberry.Schema(Query)
app = FastAPI()
app.include_router(GraphQLRouter(schema, context_getter=Context), prefix="/graphql")
