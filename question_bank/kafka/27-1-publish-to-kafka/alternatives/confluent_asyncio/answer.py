"""confluent-kafka in asynchronous endpoints: callbacks come back into the loop as futures."""

import asyncio
import json
import os
import uuid
from datetime import datetime, timezone
from typing import Annotated, Any, Literal

from confluent_kafka import KafkaError, Producer
from fastapi import APIRouter, Body, FastAPI
from fastapi.responses import JSONResponse

router = APIRouter(prefix="/orders/{order_id}")
Kind = Literal["created", "paid", "shipped", "cancelled"]


class AsyncProducer:
    def __init__(self) -> None:
        servers = os.environ["KAFKA_BOOTSTRAP_SERVERS"]
        self.producer = Producer(
            {"bootstrap.servers": servers, "delivery.timeout.ms": 2500, "log_level": 0}
        )
        self.loop = asyncio.get_running_loop()
        self.polling = asyncio.create_task(self.poll())

    async def poll(self) -> None:
        while True:
            await asyncio.to_thread(self.producer.poll, 0.05)

    def send(self, topic: str, key: str, value: Any, **headers: str) -> asyncio.Future:
        future = self.loop.create_future()

        def delivered(error: KafkaError | None, message: Any) -> None:
            place = None if error else (message.partition(), message.offset())
            self.loop.call_soon_threadsafe(future.set_result, place)

        payload = json.dumps(value, ensure_ascii=False).encode()
        self.producer.produce(
            topic, value=payload, key=key.encode(), headers=[*headers.items()], callback=delivered
        )
        return future

    async def close(self) -> None:
        self.polling.cancel()
        await asyncio.to_thread(self.producer.flush)


class App(FastAPI):
    kafka: AsyncProducer


async def lifespan(app: App):
    app.kafka = AsyncProducer()
    yield
    await app.kafka.close()


@router.post("/events")
async def publish_event(
    order_id: str, type: Annotated[Kind, Body()], data: Annotated[dict[str, Any], Body()]
):
    event = {"id": str(uuid.uuid4()), "order_id": order_id, "type": type, "data": data}
    event["occurred_at"] = datetime.now(timezone.utc).isoformat()
    place = await app.kafka.send("orders", order_id, event, type=type)
    if place is None:
        return JSONResponse({"detail": "Kafka is away."}, 503)
    partition, offset = place
    return JSONResponse({"id": event["id"], "partition": partition, "offset": offset}, 202)


@router.post("/views", status_code=202)
async def publish_view(order_id: str):
    app.kafka.send("order-views", order_id, {"order_id": order_id})


app = App(lifespan=lifespan)
app.include_router(router)
app.add_api_route("/health", lambda: {"ok": True})
