"""aiokafka, started with the app: where that fails, a task goes on trying. Serializers belong to the
producer, and one handler answers for every failure of Kafka.
"""

import asyncio
import os
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timezone
from typing import Any, Literal
from uuid import UUID, uuid4

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, RootModel


class NewEvent(BaseModel):
    type: Literal["created", "paid", "shipped", "cancelled"]
    data: dict[str, Any]


class Event(NewEvent):
    id: UUID
    order_id: str
    occurred_at: datetime


class View(BaseModel):
    order_id: str


class Away(Exception):
    pass


class Connection:
    producer: AIOKafkaProducer | None = None

    async def connect(self) -> None:
        producer = AIOKafkaProducer(
            bootstrap_servers=os.environ["KAFKA_BOOTSTRAP_SERVERS"],
            key_serializer=str.encode,
            value_serializer=lambda value: value.model_dump_json().encode(),
            request_timeout_ms=3000,
        )
        try:
            await producer.start()
        except KafkaError:
            await producer.stop()
            raise
        self.producer = producer

    async def keep_trying(self) -> None:
        while self.producer is None:
            await asyncio.sleep(0.5)
            with suppress(KafkaError):
                await self.connect()


connection = Connection()


@asynccontextmanager
async def lifespan(app: FastAPI):
    retrying = None
    try:
        await connection.connect()
    except KafkaError:
        retrying = asyncio.create_task(connection.keep_trying())
    yield
    if retrying:
        retrying.cancel()
    if connection.producer:
        await connection.producer.stop()
        connection.producer = None


app = FastAPI(lifespan=lifespan)


@app.exception_handler(Away)
@app.exception_handler(KafkaError)
async def unavailable(request: Request, exc: Exception):
    return JSONResponse({"detail": "The broker is away."}, 503, {"Retry-After": "2"})


def producer() -> AIOKafkaProducer:
    if connection.producer is None:
        raise Away
    return connection.producer


@app.post("/orders/{order_id}/events", status_code=202)
async def publish_event(order_id: str, new: NewEvent):
    event = Event(
        id=uuid4(),
        order_id=order_id,
        occurred_at=datetime.now(timezone.utc),
        type=new.type,
        data=new.data,
    )
    sent = await producer().send_and_wait(
        "orders", event, order_id, headers=[("type", new.type.encode())]
    )
    return {"id": event.id, "partition": sent.partition, "offset": sent.offset}


@app.post("/orders/{order_id}/views")
async def publish_view(order_id: str):
    await producer().send("order-views", value=View(order_id=order_id), key=order_id)
    return Response(status_code=202)


@app.get("/health")
async def health():
    return RootModel[str]("ok")
