# catches: waiting_holds_nobody_up
import os
from concurrent.futures import Future
from contextlib import asynccontextmanager
from datetime import datetime, timezone
from enum import StrEnum
from threading import Event, Thread
from uuid import UUID, uuid4

from confluent_kafka import KafkaException, Producer
from fastapi import FastAPI, HTTPException
from pydantic import AwareDatetime, BaseModel, Field


class Kind(StrEnum):
    CREATED = "created"
    PAID = "paid"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"


class NewEvent(BaseModel):
    type: Kind
    data: dict


class OrderEvent(NewEvent):
    id: UUID = Field(default_factory=uuid4)
    order_id: str
    occurred_at: AwareDatetime = Field(default_factory=lambda: datetime.now(timezone.utc))


class View(BaseModel):
    order_id: str


class Kafka:
    def open(self):
        self.producer = Producer(
            {
                "bootstrap.servers": os.environ["KAFKA_BOOTSTRAP_SERVERS"],
                "message.timeout.ms": 2000,
                "linger.ms": 0,
                "log_level": 0,
            }
        )
        self.closing = Event()
        self.thread = Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while not self.closing.is_set():
            self.producer.poll(0.05)

    def close(self):
        self.closing.set()
        self.thread.join()
        self.producer.flush(4)
        del self.producer

    def produce(self, topic, key, value, headers=None):
        told = Future()

        def on_delivery(error, message):
            if error is None:
                told.set_result(message)
            else:
                told.set_exception(KafkaException(error))

        self.producer.produce(
            topic, value, key, headers=headers or {}, on_delivery=on_delivery
        )
        return told


kafka = Kafka()


@asynccontextmanager
async def lifespan(app):
    kafka.open()
    yield
    kafka.close()


app = FastAPI(lifespan=lifespan)


@app.post("/orders/{order_id}/events", status_code=202)
async def publish_event(order_id: str, new: NewEvent):
    event = OrderEvent(order_id=order_id, **new.model_dump())
    try:
        told = kafka.produce("orders", order_id, event.model_dump_json(), {"type": event.type.value})
        message = told.result(timeout=4)
    except (KafkaException, BufferError, TimeoutError) as problem:
        raise HTTPException(503, "no broker") from problem
    return {"id": event.id, "partition": message.partition(), "offset": message.offset()}


@app.post("/orders/{order_id}/views", status_code=202)
def publish_view(order_id: str):
    kafka.produce("order-views", order_id, View(order_id=order_id).model_dump_json())


@app.get("/health")
async def health():
    return {}
