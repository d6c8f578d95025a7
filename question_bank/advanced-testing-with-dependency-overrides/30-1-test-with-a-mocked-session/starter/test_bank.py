from unittest.mock import MagicMock

from fastapi.testclient import TestClient

from bank import Account, app, get_session


def test_closes_an_open_account():
    session = MagicMock()
    session.get.return_value = Account(id=1, owner="Ada", closed=False)
    app.dependency_overrides[get_session] = lambda: session
    reply = TestClient(app).post("/accounts/1/close")
    assert reply.status_code == 200
