# catches: notices_a_wrong_answer
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
    assert committed == [(True, [(731, "closed")])]
    assert isinstance(session.add.call_args.args[0], Entry)


def test_refuses_a_closed_account(client, session, account):
    account.closed = True
    assert client.post("/accounts/731/close").status_code == 409
    session.add.assert_not_called()
    session.commit.assert_not_called()


def test_does_not_know_another_account(client, session, account):
    assert client.post("/accounts/732/close").status_code == 404
    assert account.closed is False
    session.add.assert_not_called()
    session.commit.assert_not_called()


def test_rolls_back_when_the_commit_fails(client, session):
    session.commit.side_effect = OperationalError("COMMIT", {}, Exception("connection lost"))
    assert client.post("/accounts/731/close").status_code == 503
    session.rollback.assert_called_once_with()
