import hashlib
import hmac

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel

app = FastAPI()
app.state.webhook_key = b"for tests only"


def fits(key: bytes, body: bytes, signature: str) -> bool:
    expected = hmac.new(key, body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.encode())


class Payment(BaseModel):
    order: str
    cents: int


def signed() -> None:
    """Let a request that is signed through; answer any other one with 401."""
    raise NotImplementedError


@app.post("/payments", dependencies=[Depends(signed)])
def take_payment(payment: Payment) -> Payment:
    return payment
