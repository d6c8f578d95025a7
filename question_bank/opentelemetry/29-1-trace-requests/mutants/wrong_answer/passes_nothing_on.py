# catches: passes_the_context_on
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, HTTPException
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind

# The store and the stock service: in production a database and an HTTP request.

ORDERS: dict[int, str] = {}  # the item of each order
DOWN: set[int] = set()  # orders that cannot be read at the moment
ASKED: list[dict[str, str]] = []  # the headers of each request to the stock service


class StoreDown(Exception):
    pass


def find_order(order_id: int) -> str | None:
    """Return the order's item, None where there is no such order. Raises StoreDown."""
    if order_id in DOWN:
        raise StoreDown("The store does not answer.")
    return ORDERS.get(order_id)


def ask_stock(item: str, headers: dict[str, str]) -> int:
    """Return how many there are."""
    ASKED.append(dict(headers))
    return int(item.split("-")[1])  # raises ValueError where an item has no such number


provider = TracerProvider(resource=Resource.create({"service.name": "orders"}))
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)
tracer = trace.get_tracer("orders")


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    provider.shutdown()  # sends what the processor still holds


app = FastAPI(lifespan=lifespan)
FastAPIInstrumentor.instrument_app(
    app, excluded_urls="/health$", exclude_spans=["receive", "send"]
)


def load_order(order_id: int) -> str | None:
    with tracer.start_as_current_span("load order", attributes={"order.id": order_id}):
        return find_order(order_id)  # an exception that leaves the block is recorded


def stock_of(item: str) -> int:
    with tracer.start_as_current_span("ask stock", kind=SpanKind.CLIENT):
        headers: dict[str, str] = {}
        return ask_stock(item, headers)


@app.get("/orders/{order_id}")
def read_order(order_id: int) -> dict[str, Any]:
    try:
        item = load_order(order_id)
    except StoreDown:
        raise HTTPException(503, "Try again later.") from None
    if item is None:
        raise HTTPException(404, "There is no such order.")
    return {"id": order_id, "item": item, "in_stock": stock_of(item)}


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "ok"}
