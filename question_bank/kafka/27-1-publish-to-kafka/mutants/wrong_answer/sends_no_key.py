# catches: has_key_and_header, takes_any_text, one_order_stays_in_order, views_outlive_the_app
# catches: bears_many_at_once
import asyncio
import json
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import uuid4

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from fastapi import Depends, FastAPI, HTTPException, Request
from pydantic import BaseModel

SECONDS = 3
"""How long an event may wait for the broker."""


class NewEvent(BaseModel):
    type: Literal["created", "paid", "shipped", "cancelled"]
    data: dict[str, Any]


class Place(BaseModel):
    id: str
    partition: int
    offset: int


class Publisher:
    """The process' way to Kafka. It may be made while there is no broker."""

    def __init__(self, servers: str) -> None:
        self._servers = servers
        self._producer: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()

    async def send(
        self, topic: str, key: str, value: dict[str, Any], headers: dict[str, str] | None = None
    ) -> asyncio.Future[Any]:
        """Hand a record over. The future is done when the broker has acknowledged it."""
        producer = await self._started()
        return await producer.send(
            topic,
            json.dumps(value).encode(),
            headers=[(name, text.encode()) for name, text in (headers or {}).items()],
        )

    async def stop(self) -> None:
        """Deliver what was handed over, and leave."""
        if self._producer is not None:
            await self._producer.stop()

    async def _started(self) -> AIOKafkaProducer:
        async with self._starting:
            if self._producer is None:
                producer = AIOKafkaProducer(
                    bootstrap_servers=self._servers, acks="all", enable_idempotence=True
                )
                try:
                    await producer.start()
                except BaseException:
                    await producer.stop()
                    raise
                self._producer = producer
        return self._producer


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.publisher = Publisher(os.environ["KAFKA_BOOTSTRAP_SERVERS"])
    yield
    await app.state.publisher.stop()


def get_publisher(request: Request) -> Publisher:
    return request.app.state.publisher


Publishing = Annotated[Publisher, Depends(get_publisher)]
app = FastAPI(lifespan=lifespan)


@app.post("/orders/{order_id}/events", status_code=202)
async def publish_event(order_id: str, event: NewEvent, publisher: Publishing) -> Place:
    value = {
        "id": str(uuid4()),
        "order_id": order_id,
        "type": event.type,
        "data": event.data,
        "occurred_at": datetime.now(UTC).isoformat(),
    }
    try:
        async with asyncio.timeout(SECONDS):
            record = await (await publisher.send("orders", order_id, value, {"type": event.type}))
    except (KafkaError, TimeoutError):
        logging.exception("Kafka did not take an event of order %r.", order_id)
        raise HTTPException(503, "Events cannot be taken on. Try again later.") from None
    return Place(id=value["id"], partition=record.partition, offset=record.offset)


@app.post("/orders/{order_id}/views", status_code=202)
async def publish_view(order_id: str, publisher: Publishing) -> None:
    await publisher.send("order-views", order_id, {"order_id": order_id})


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}
