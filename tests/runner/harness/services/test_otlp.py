import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx2
import pytest
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, StatusCode

from greenroom_runner.harness.services.protocol import ServiceError
from tests.support.beside import Start, Started

RESOURCE = Resource({"service.name": "shop"}, "")
PROTOBUF = {"content-type": "application/x-protobuf"}
JSON = {"content-type": "application/json"}
TRACE = "5b8efff798038103d269b633813fc60c"
SPAN = {
    "traceId": TRACE,
    "spanId": "eee19b7ec3c1b174",
    "name": "GET /items",
    "kind": 2,
    "startTimeUnixNano": "1500000000",
    "endTimeUnixNano": 2000000000,
    "attributes": [
        {"key": "n", "value": {"intValue": "200"}},
        {"key": "list", "value": {"arrayValue": {"values": [{"boolValue": True}]}}},
        {"key": "map", "value": {"kvlistValue": {"values": [{"key": "a", "value": {}}]}}},
        {"key": "bytes", "value": {"bytesValue": "/w=="}},
    ],
    "unknown": "field",
}
EXPORT = {"resourceSpans": [{"scopeSpans": [{"scope": {"name": "hand"}, "spans": [SPAN]}]}]}
NESTED: dict[str, object] = {"intValue": 1}
for _ in range(12):
    NESTED = {"arrayValue": {"values": [NESTED]}}
HOSTILE = {
    "nothing": (b"", JSON),
    "no JSON": (b"{", JSON),
    "a list": (b"[1]", JSON),
    "a wrong type": (b'{"resourceSpans": 1}', JSON),
    "no hexadecimal": (json.dumps(EXPORT).replace(TRACE, "xyz").encode(), JSON),
    "deep JSON": (b"[" * 100_000 + b"]" * 100_000, JSON),
    "a long number": (b'{"x": ' + b"9" * 10_000 + b"}", JSON),
    "no UTF-8": (b'{"\xff": 1}', JSON),
    "no protobuf": (b"\xff" * 100, PROTOBUF),
    "cut-off protobuf": (b"\x0a\xff\x01", PROTOBUF),
    "no gzip": (b"hello", PROTOBUF | {"content-encoding": "gzip"}),
    "cut-off gzip": (gzip.compress(b"x" * 1000)[:-9], PROTOBUF | {"content-encoding": "gzip"}),
    "a bomb": (gzip.compress(b"\0" * 100_000_000), PROTOBUF | {"content-encoding": "gzip"}),
    "another compression": (b"", PROTOBUF | {"content-encoding": "br"}),
}


class Sender:
    """A service, and how an answer exports to it."""

    def __init__(self, otlp: Started, closing: ExitStack) -> None:
        self.otlp = otlp
        self.base = otlp.environment["OTEL_EXPORTER_OTLP_ENDPOINT"]
        self._closing = closing

    def post(self, body: bytes, headers: dict[str, str], path: str = "/v1/traces") -> int:
        return httpx2.post(self.base + path, content=body, headers=headers).status_code

    def traces(self) -> TracerProvider:
        provider = TracerProvider(resource=RESOURCE)
        self._closing.callback(provider.shutdown)
        exporter = OTLPSpanExporter(f"{self.base}/v1/traces")
        provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=5))
        return provider

    def metrics(self) -> MeterProvider:
        exporter = OTLPMetricExporter(f"{self.base}/v1/metrics")
        reader = PeriodicExportingMetricReader(exporter, export_interval_millis=60_000)
        provider = MeterProvider([reader], resource=RESOURCE)
        self._closing.callback(provider.shutdown)
        return provider

    def logs(self) -> LoggerProvider:
        provider = LoggerProvider(resource=RESOURCE)
        self._closing.callback(provider.shutdown)
        exporter = OTLPLogExporter(f"{self.base}/v1/logs")
        provider.add_log_record_processor(BatchLogRecordProcessor(exporter))
        return provider


@pytest.fixture
def sender(start: Start) -> Iterator[Sender]:
    with ExitStack() as closing:
        yield Sender(start("otlp"), closing)


def test_spans_arrive_as_they_were_recorded(sender: Sender) -> None:
    tracer = sender.traces().get_tracer("checkout")
    with tracer.start_as_current_span("GET /", kind=SpanKind.SERVER) as outer:
        with tracer.start_as_current_span("query") as inner:
            inner.set_attributes({"rows": 2, "tables": ["a", "b"]})
            inner.add_event("found", {"ms": 1.5})
        outer.set_status(StatusCode.ERROR, "broken")
    assert sender.otlp.ask("wait", 2, 20)
    child, parent = sender.otlp.ask("spans")
    assert (child["name"], child["kind"]) == ("query", "internal")
    assert child["attributes"] == {"rows": 2, "tables": ["a", "b"]}
    assert child["events"] == [{"name": "found", "attributes": {"ms": 1.5}}]
    assert child["status"] == {"code": "unset", "message": ""}
    assert child["parent_id"] == parent["span_id"] == _hex(outer, "span_id", 16)
    assert child["trace_id"] == parent["trace_id"] == _hex(outer, "trace_id", 32)
    assert parent["kind"] == "server"
    assert parent["parent_id"] is None
    assert parent["status"] == {"code": "error", "message": "broken"}
    assert parent["start"] <= child["start"] <= child["end"] <= parent["end"]
    assert (parent["scope"], parent["resource"]) == ("checkout", {"service.name": "shop"})


def _hex(span: Span, name: str, digits: int) -> str:
    return f"{getattr(span.get_span_context(), name):0{digits}x}"


def test_a_metric_is_told_as_it_was_last(sender: Sender) -> None:
    provider = sender.metrics()
    meter = provider.get_meter("checkout")
    orders = meter.create_counter("orders", "1", "How many")
    took = meter.create_histogram("took", explicit_bucket_boundaries_advisory=[1, 10])
    for _ in range(2):
        orders.add(1, {"kind": "new"})
        took.record(5)
        provider.force_flush()
    found = {each["name"]: each for each in sender.otlp.ask("metrics")}
    assert found["orders"] == {
        "name": "orders",
        "kind": "sum",
        "unit": "1",
        "description": "How many",
        "points": [{"attributes": {"kind": "new"}, "value": 2}],
        "scope": "checkout",
        "resource": {"service.name": "shop"},
    }
    [point] = found["took"]["points"]
    assert point == {
        "attributes": {},
        "count": 2,
        "sum": 10,
        "bounds": [1, 10],
        "buckets": [0, 2, 0],
    }


def test_log_records_carry_the_span_that_they_were_written_in(sender: Sender) -> None:
    provider = sender.logs()
    logger = provider.get_logger("checkout")
    with sender.traces().get_tracer("x").start_as_current_span("outer") as span:
        logger.emit(body="paid", severity_text="WARN", attributes={"order": 7})
    provider.force_flush()
    assert sender.otlp.ask("wait", 1, 20, "logs")
    [found] = sender.otlp.ask("logs")
    assert (found["body"], found["severity"]) == ("paid", "WARN")
    assert found["attributes"] == {"order": 7}
    assert found["span_id"] == _hex(span, "span_id", 16)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_json_is_taken_too(sender: Sender, pack: Callable[[bytes], bytes]) -> None:
    headers = JSON | ({"content-encoding": "gzip"} if pack is gzip.compress else {})
    assert sender.post(pack(json.dumps(EXPORT).encode()), headers) == 200
    assert sender.otlp.ask("spans") == [
        {
            "name": "GET /items",
            "kind": "server",
            "trace_id": TRACE,
            "span_id": "eee19b7ec3c1b174",
            "parent_id": None,
            "start": 1.5,
            "end": 2.0,
            "attributes": {"n": 200, "list": [True], "map": {"a": None}, "bytes": "ff"},
            "events": [],
            "status": {"code": "unset", "message": ""},
            "scope": "hand",
            "resource": {},
        }
    ]


def test_nobody_waits_longer_than_asked(sender: Sender) -> None:
    assert not sender.otlp.ask("wait", 1, 0.01)
    assert sender.otlp.ask("wait", 0, 0)
    with pytest.raises(ServiceError, match=r"^Nobody can wait for 'x'\. Wait for spans, metrics"):
        sender.otlp.ask("wait", 1, 1, "x")


def test_a_reset_goes_back_to_what_was_kept(sender: Sender) -> None:
    body = json.dumps(EXPORT).encode()
    sender.post(body, JSON)
    sender.otlp.keep()
    sender.post(body, JSON)
    assert len(sender.otlp.ask("spans")) == 2
    sender.otlp.reset()
    assert len(sender.otlp.ask("spans")) == 1


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_export_is_refused_and_the_next_one_taken(sender: Sender, name: str) -> None:
    assert sender.post(*HOSTILE[name]) == 400
    assert sender.post(json.dumps(EXPORT).encode(), JSON) == 200
    assert len(sender.otlp.ask("spans")) == 1


def test_values_are_told_down_to_a_depth(sender: Sender) -> None:
    span = {**SPAN, "attributes": [{"key": "deep", "value": NESTED}]}
    export = {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}
    assert sender.post(json.dumps(export).encode(), JSON) == 200
    assert sender.otlp.ask("spans")[0]["attributes"] == {"deep": [[[[[[[[None]]]]]]]]}


def test_only_so_much_is_kept(sender: Sender) -> None:
    span = {**SPAN, "name": "x" * 100_000}
    export = {"resourceSpans": [{"scopeSpans": [{"spans": [span] * 20}]}]}
    assert sender.post(json.dumps(export).encode(), JSON) == 200
    assert 5 < len(sender.otlp.ask("spans")) < 20


def test_other_places_and_other_types_are_refused(sender: Sender) -> None:
    assert sender.post(b"", PROTOBUF, "/v1/profiles") == 404
    assert sender.post(b"", {"content-type": "text/plain"}) == 415
    assert httpx2.get(f"{sender.base}/v1/traces").status_code == 404
