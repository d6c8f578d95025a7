"""What every fault under /api must look like (RFC 9457)."""

from typing import Any

from httpx2 import Response


def expect_problem(response: Response, status: int) -> dict[str, Any]:
    """Return the problem; fail unless it is one of this status that says something."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["cache-control"] == "no-store"
    problem: dict[str, Any] = response.json()
    assert problem["type"].startswith("urn:greenroom:problem:")
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"].endswith((".", "”"))
    return problem
