from contextlib import contextmanager
from types import SimpleNamespace
from unittest.mock import MagicMock, patch

import httpx
import pytest
from sqlalchemy.exc import IntegrityError

from bank import Account, Entry, app, get_session

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend():
    return "asyncio"


@contextmanager
def using(session):
    with patch.dict(app.dependency_overrides, {get_session: lambda: session}):
        yield session


async def close(key):
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://bank") as client:
        return await client.post(f"/accounts/{key}/close")


def session_with(account):
    session = MagicMock(spec=["get", "add", "commit", "rollback", "flush", "refresh"])
    session.get.return_value = account
    return session


@pytest.mark.parametrize("key", [5, 80])
async def test_open_account(key):
    account = SimpleNamespace(id=key, closed=False)
    with using(session_with(account)) as session:
        states = []
        session.commit.side_effect = lambda: states.append(account.closed)
        reply = await close(key)
    assert (reply.status_code, reply.json()) == (200, {"id": key, "closed": True})
    assert session.get.call_args.args[:2] == (Account, key)
    assert states == [True]
    (entry,) = session.add.call_args.args
    assert type(entry) is Entry
    assert (entry.account_id, entry.action) == (key, "closed")
    names = [name for name, _, _ in session.method_calls if name in ("add", "commit")]
    assert names == ["add", "commit"]


@pytest.mark.parametrize(
    ("account", "status"), [(None, 404), (SimpleNamespace(id=3, closed=True), 409)]
)
async def test_nothing_to_close(account, status):
    with using(session_with(account)) as session:
        reply = await close(3)
    assert reply.status_code == status
    assert not session.add.called
    assert not session.commit.called


async def test_refused_commit():
    with using(session_with(SimpleNamespace(id=3, closed=False))) as session:
        session.commit.side_effect = IntegrityError("", {}, Exception())
        reply = await close(3)
    assert reply.status_code == 503
    assert session.rollback.called
