from collections.abc import Callable
from typing import Annotated

import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

KEY = "only-an-example-of-32-bytes-or-more"
GRANTS = {"editor": {"article:read", "article:write"}, "reader": {"article:read"}}

app = FastAPI()


bearer = HTTPBearer()


def roles(shown: Annotated[HTTPAuthorizationCredentials, Depends(bearer)]) -> list[str]:
    try:
        claims = jwt.decode(
            shown.credentials,
            KEY,
            algorithms=["HS256"],
            audience="blog",
            options={"require": ["exp"]},
        )
    except jwt.InvalidTokenError:
        raise HTTPException(401, "Sign in.", headers={"WWW-Authenticate": "Bearer"}) from None
    return claims.get("roles", [])


def require(permission: str) -> Callable[..., None]:
    def check(held: Annotated[list[str], Depends(roles)]) -> None:
        if not any(permission in GRANTS.get(role, ()) for role in held):
            raise HTTPException(403, "You may not do this.")

    return check


@app.post("/articles", status_code=204, dependencies=[Depends(require("article:write"))])
def write() -> None:
    """Take an article."""
