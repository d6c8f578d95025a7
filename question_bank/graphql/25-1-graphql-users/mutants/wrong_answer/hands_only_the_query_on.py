# catches: speaks_graphql
import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Body, FastAPI
from graphql import GraphQLError, build_schema, graphql

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

schema = build_schema("""
    type Query {
        user(id: ID!): User
        users(first: Int! = 20, after: ID): [User!]!
    }
    type User { id: ID! fullName: String! email: String! team: Team }
    type Team { id: ID! name: String! members: [User!]! }
""")


class Batch:
    """Collects keys for one turn of the loop, then fetches them together."""

    def __init__(self, fetch) -> None:
        self.fetch = fetch
        self.keys: list[int] = []
        self.under_way: asyncio.Task | None = None

    async def rows(self, key: int) -> list:
        self.keys.append(key)
        if self.under_way is None:
            self.under_way = asyncio.ensure_future(self.run())
        return await self.under_way

    async def run(self) -> list:
        await asyncio.sleep(0)
        keys, self.keys, self.under_way = self.keys, [], None
        return await self.fetch(keys)


class Root:
    async def user(self, info, id: str):
        try:
            number = int(id)
        except ValueError:
            return None
        rows = await info.context["users"].rows(number)
        return next((UserView(row) for row in rows if row.id == number), None)

    async def users(self, info, first: int, after: str | None = None):
        if first < 1 or first > 50:
            raise GraphQLError(f"first is {first}, which is not within 1 and 50")
        return list(map(UserView, await fetch_page(first, int(after or 0))))


class UserView:
    def __init__(self, row: UserRow) -> None:
        self.row = row
        self.id = row.id
        self.email = row.email
        self.fullName = " ".join([row.first_name, row.last_name])

    async def team(self, info):
        if self.row.team_id is None:
            return None
        rows = await info.context["teams"].rows(self.row.team_id)
        return next((TeamView(row) for row in rows if row.id == self.row.team_id), None)


class TeamView:
    def __init__(self, row: TeamRow) -> None:
        self.id = row.id
        self.name = row.name

    async def members(self, info):
        rows = await info.context["members"].rows(self.id)
        return sorted(
            (UserView(row) for row in rows if row.team_id == self.id), key=lambda user: user.id
        )


app = FastAPI()


@app.post("/graphql")
async def execute(
    query: Annotated[str, Body()],
    variables: Annotated[dict[str, Any] | None, Body()] = None,
):
    loaders = {
        "users": Batch(fetch_users),
        "teams": Batch(fetch_teams),
        "members": Batch(fetch_members),
    }
    result = await graphql(
        schema,
        query,
        Root(),
        context_value=loaders,
        variable_values=variables,
    )
    reply: dict[str, Any] = {"data": result.data}
    if result.errors:
        reply["errors"] = [told(error) for error in result.errors]
    return reply


def told(error: GraphQLError) -> dict[str, Any]:
    shown = dict(error.formatted)
    if error.original_error is not None and not isinstance(error.original_error, GraphQLError):
        shown["message"] = "Something went wrong on our side."
    return shown
