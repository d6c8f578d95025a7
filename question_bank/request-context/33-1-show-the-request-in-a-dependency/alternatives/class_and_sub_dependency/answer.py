import hashlib
import hmac
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException, Request
from pydantic import BaseModel

app = FastAPI()
app.state.webhook_key = b"for tests only"


def fits(key: bytes, body: bytes, signature: str) -> bool:
    expected = hmac.new(key, body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.encode())


class Payment(BaseModel):
    order: str
    cents: int


async def raw_body(request: Request) -> bytes:
    return await request.body()


class Signed:
    def __call__(
        self,
        request: Request,
        body: Annotated[bytes, Depends(raw_body)],
        x_signature: Annotated[str | None, Header()] = None,
    ) -> None:
        if x_signature is None or not fits(request.app.state.webhook_key, body, x_signature):
            raise HTTPException(401)


signed = Signed()


@app.post("/payments", dependencies=[Depends(signed)])
def take_payment(payment: Payment) -> Payment:
    return payment
