# catches: a_request_is_a_span, begins_traces, health_is_not_traced, surprises_are_recorded
import functools
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, HTTPException
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, StatusCode, get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

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


provider = TracerProvider(resource=Resource({SERVICE_NAME: "orders"}))
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
tracer = provider.get_tracer(__name__)
propagator = TraceContextTextMapPropagator()


class Tracing:
    def __init__(self, app) -> None:
        self.app = app

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] != "http" or scope["path"] == "/health":
            await self.app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        context = propagator.extract(headers)
        with tracer.start_as_current_span(
            scope["method"], context, kind=SpanKind.SERVER, record_exception=False
        ) as span:

            async def observe(message) -> None:
                if message["type"] == "http.response.start":
                    span.set_attribute("http.response.status_code", message["status"])
                    if message["status"] >= 500:
                        span.set_status(StatusCode.ERROR)
                await send(message)

            try:
                await self.app(scope, receive, observe)
            except Exception:
                span.set_attribute("http.response.status_code", 500)
                raise
            finally:
                if route := scope.get("route"):
                    span.update_name(f"{scope['method']} {scope['path']}")
                    span.set_attribute("http.route", route.path)


def spanned(name: str, kind: SpanKind = SpanKind.INTERNAL):
    def decorate(function):
        @functools.wraps(function)
        def inside(*args):
            with tracer.start_as_current_span(name, kind=kind):
                return function(*args)

        return inside

    return decorate


@spanned("load order")
def load(order_id: int) -> str | None:
    get_current_span().set_attribute("order.id", order_id)
    return find_order(order_id)


@spanned("ask stock", SpanKind.CLIENT)
def count(item: str) -> int:
    carrier: dict[str, str] = {}
    propagator.inject(carrier)
    return ask_stock(item, carrier)


@asynccontextmanager
async def lifespan(app: FastAPI):
    try:
        yield
    finally:
        provider.force_flush()


app = FastAPI(lifespan=lifespan)
app.add_middleware(Tracing)


@app.get("/orders/{order_id}")
async def read_order(order_id: int) -> dict[str, Any]:
    try:
        item = load(order_id)
    except StoreDown:
        raise HTTPException(503, "Try again later.") from None
    if item is None:
        raise HTTPException(404, "There is no such order.")
    return {"id": order_id, "item": item, "in_stock": count(item)}


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}
