from collections.abc import Iterable
from dataclasses import dataclass

from fastapi import FastAPI

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


# The API.

app = FastAPI()

# POST /graphql goes here.
