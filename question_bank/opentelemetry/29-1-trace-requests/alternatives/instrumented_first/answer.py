"""Every FastAPI of the process instrumented, the service named by the environment's way, each span
sent when it ends, and spans ended by hand.
"""

import os
from contextlib import contextmanager

os.environ.setdefault("OTEL_SERVICE_NAME", "orders")
os.environ["OTEL_PYTHON_FASTAPI_EXCLUDED_URLS"] = "health"

import fastapi
from opentelemetry import context, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.propagate import inject
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.trace.status import Status, StatusCode

trace.set_tracer_provider(TracerProvider())
trace.get_tracer_provider().add_span_processor(SimpleSpanProcessor(OTLPSpanExporter()))
FastAPIInstrumentor().instrument()

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


@contextmanager
def span(name, **options):
    one = trace.get_tracer(__name__).start_span(name, **options)
    token = context.attach(trace.set_span_in_context(one))
    try:
        yield one
    except Exception as problem:
        one.record_exception(problem)
        one.set_status(Status(StatusCode.ERROR, type(problem).__name__))
        raise
    finally:
        context.detach(token)
        one.end()


app = fastapi.FastAPI()


@app.exception_handler(StoreDown)
async def store_down(request, problem):
    return fastapi.responses.JSONResponse({"detail": "Try again later."}, 503)


def found(order_id: int) -> str:
    with span("load order") as loading:
        loading.set_attribute("order.id", order_id)
        item = find_order(order_id)
    if item is None:
        raise fastapi.HTTPException(404, "There is no such order.")
    return item


@app.get("/orders/{order_id}")
def read_order(order_id: int, item: str = fastapi.Depends(found)):
    with span("ask stock", kind=trace.SpanKind.CLIENT):
        headers = {"accept": "application/json"}
        inject(headers)
        return {"id": order_id, "item": item, "in_stock": ask_stock(item, headers)}


@app.get("/health")
def health():
    return {"status": "ok"}
