import random
import unittest

from fastapi.testclient import TestClient
from sqlalchemy.exc import SQLAlchemyError

import bank
from bank import Account, app, get_session


class FakeSession:
    """Keeps a diary of what matters, each entry with the state of that moment."""

    def __init__(self, *accounts, broken=False):
        self.accounts = {account.id: account for account in accounts}
        self.broken = broken
        self.diary = []

    def get(self, entity, ident, **options):
        assert entity is Account
        return self.accounts.get(ident)

    def add(self, instance, **options):
        self.diary.append(("add", type(instance), instance.account_id, instance.action))

    def commit(self):
        self.diary.append(("commit", [a.closed for a in self.accounts.values()]))
        if self.broken:
            raise SQLAlchemyError("no")

    def rollback(self):
        self.diary.append(("rollback",))

    def flush(self, objects=None):
        pass

    def refresh(self, instance, **options):
        pass


class ClosingAnAccount(unittest.TestCase):
    def setUp(self):
        self.key = random.randint(1000, 9999)
        self.addCleanup(app.dependency_overrides.pop, get_session, None)

    def close(self, session):
        app.dependency_overrides[get_session] = lambda: session
        return TestClient(app).post(f"/accounts/{self.key}/close")

    def account(self, closed=False):
        return Account(id=self.key, owner="x", closed=closed)

    def test_open(self):
        session = FakeSession(self.account())
        reply = self.close(session)
        self.assertEqual(200, reply.status_code)
        self.assertEqual({"id": self.key, "closed": True}, reply.json())
        self.assertEqual(
            [("add", bank.Entry, self.key, "closed"), ("commit", [True])], session.diary
        )

    def test_closed(self):
        session = FakeSession(self.account(closed=True))
        self.assertEqual(409, self.close(session).status_code)
        self.assertEqual([], session.diary)

    def test_unknown(self):
        session = FakeSession()
        self.assertEqual(404, self.close(session).status_code)
        self.assertEqual([], session.diary)

    def test_broken(self):
        session = FakeSession(self.account(), broken=True)
        self.assertEqual(503, self.close(session).status_code)
        self.assertEqual(("rollback",), session.diary[-1])
