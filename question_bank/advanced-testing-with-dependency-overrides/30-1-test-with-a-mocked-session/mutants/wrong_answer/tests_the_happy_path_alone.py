# catches: notices_a_missing_404, notices_closing_twice, notices_needless_writes
# catches: notices_a_failed_commit
from unittest.mock import MagicMock

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bank import Account, Entry, app, get_session


@pytest.fixture
def account():
    return Account(id=731, owner="Ada", closed=False)


@pytest.fixture
def session(account):
    """A session that knows this one account."""
    mock = MagicMock(spec=Session)
    known = {(Account, account.id): account}
    mock.get.side_effect = lambda model, key, **options: known.get((model, key))
    return mock


@pytest.fixture
def client(session):
    app.dependency_overrides[get_session] = lambda: session
    yield TestClient(app)
    app.dependency_overrides.clear()


def entries(session):
    return [(call.args[0].account_id, call.args[0].action) for call in session.add.call_args_list]


def test_closes_an_open_account(client, session, account):
    committed = []
    session.commit.side_effect = lambda: committed.append((account.closed, entries(session)))

    reply = client.post("/accounts/731/close")

    assert reply.status_code == 200
    assert reply.json() == {"id": 731, "closed": True}
    assert committed == [(True, [(731, "closed")])]
    assert isinstance(session.add.call_args.args[0], Entry)






