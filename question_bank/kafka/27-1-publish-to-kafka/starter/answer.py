from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal

from fastapi import FastAPI
from pydantic import BaseModel


class NewEvent(BaseModel):
    type: Literal["created", "paid", "shipped", "cancelled"]
    data: dict[str, Any]


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    # KAFKA_BOOTSTRAP_SERVERS says where the broker is.
    yield


app = FastAPI(lifespan=lifespan)


@app.post("/orders/{order_id}/events", status_code=202)
async def publish_event(order_id: str, event: NewEvent) -> dict[str, Any]:
    # Publish it on the topic "orders".
    return {}


@app.post("/orders/{order_id}/views", status_code=202)
async def publish_view(order_id: str) -> None:
    # Publish it on the topic "order-views".
    return None


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}
