"""The whole web process, as a browser on the site's own pages sees it, and as a script does."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from greenroom.app import create_app

ADDRESS = "http://127.0.0.1:8000"


@pytest.fixture
def client(database: Engine, redis_url: str) -> Iterator[TestClient]:
    """A browser that asks from one of the site's own pages; redirects are not followed.

    For scripts send `headers={"Authorization": f"Bearer {token}"}`.
    """
    with TestClient(
        create_app(),
        base_url=ADDRESS,
        headers={"Sec-Fetch-Site": "same-origin"},
        follow_redirects=False,
        raise_server_exceptions=False,
    ) as opened:
        yield opened
