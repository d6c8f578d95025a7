import hashlib
import hmac

from fastapi import Depends, FastAPI, HTTPException, Request
from pydantic import BaseModel

app = FastAPI()
app.state.webhook_key = b"for tests only"


def fits(key: bytes, body: bytes, signature: str) -> bool:
    expected = hmac.new(key, body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.encode())


class Payment(BaseModel):
    order: str
    cents: int


async def signed(request: Request) -> None:
    key = request.app.state.webhook_key
    signature = request.headers.get("x-signature", "")
    if not fits(key, await request.body(), signature):
        raise HTTPException(401, "The signature does not fit.")


@app.post("/payments", dependencies=[Depends(signed)])
def take_payment(payment: Payment) -> Payment:
    return payment
