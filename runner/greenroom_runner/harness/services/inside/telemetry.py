"""What OTLP exports hold, as plain values. Every function raises what is wrong with its bytes."""

import base64
import json
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric
from opentelemetry.proto.trace.v1.trace_pb2 import Span

Plain = dict[str, Any]
_Export = TypeVar(
    "_Export", ExportTraceServiceRequest, ExportMetricsServiceRequest, ExportLogsServiceRequest
)
_KINDS = ("unspecified", "internal", "server", "client", "producer", "consumer")
_CODES = ("unset", "ok", "error")
_IDS = ("traceId", "spanId", "parentSpanId")
_SECOND = 1_000_000_000
MAX_LEVELS = 8
"""How deep a value may be nested; what lies deeper is left out."""


def spans(data: bytes, *, as_json: bool) -> list[Plain]:
    """Return the spans of an export."""
    return [
        {**_span(span), "scope": group.scope.name, "resource": _attributes(one.resource.attributes)}
        for one in _parsed(ExportTraceServiceRequest(), data, as_json).resource_spans
        for group in one.scope_spans
        for span in group.spans
    ]


def metrics(data: bytes, *, as_json: bool) -> list[Plain]:
    """Return the metrics of an export."""
    return [
        {
            **_metric(metric),
            "scope": group.scope.name,
            "resource": _attributes(one.resource.attributes),
        }
        for one in _parsed(ExportMetricsServiceRequest(), data, as_json).resource_metrics
        for group in one.scope_metrics
        for metric in group.metrics
    ]


def logs(data: bytes, *, as_json: bool) -> list[Plain]:
    """Return the log records of an export."""
    return [
        {**_log(log), "scope": group.scope.name, "resource": _attributes(one.resource.attributes)}
        for one in _parsed(ExportLogsServiceRequest(), data, as_json).resource_logs
        for group in one.scope_logs
        for log in group.log_records
    ]


def same_metric(record: Plain) -> Callable[[Plain], bool]:
    """Return what says whether another record is of the same metric."""
    identity = ("name", "scope", "resource")
    return lambda other: all(other[key] == record[key] for key in identity)


def _parsed(export: _Export, data: bytes, as_json: bool) -> _Export:
    if as_json:
        read = json.loads(data, object_hook=_with_bytes)
        json_format.ParseDict(read, export, ignore_unknown_fields=True)
    else:
        export.ParseFromString(data)
    return export


def _with_bytes(found: Plain) -> Plain:
    """Write ids as protobuf's JSON has bytes: OTLP alone writes them in hexadecimal."""
    ids = {
        key: base64.b64encode(bytes.fromhex(found[key])).decode("ascii")
        for key in _IDS
        if isinstance(found.get(key), str)
    }
    return {**found, **ids}


def _span(span: Span) -> Plain:
    return {
        "name": span.name,
        "kind": _named(_KINDS, span.kind),
        "trace_id": span.trace_id.hex(),
        "span_id": span.span_id.hex(),
        "parent_id": span.parent_span_id.hex() or None,
        "start": span.start_time_unix_nano / _SECOND,
        "end": span.end_time_unix_nano / _SECOND,
        "attributes": _attributes(span.attributes),
        "events": [
            {"name": event.name, "attributes": _attributes(event.attributes)}
            for event in span.events
        ],
        "status": {"code": _named(_CODES, span.status.code), "message": span.status.message},
    }


def _metric(metric: Metric) -> Plain:
    kind = metric.WhichOneof("data")
    points = [] if kind is None else getattr(metric, kind).data_points
    return {
        "name": metric.name,
        "kind": kind,
        "unit": metric.unit,
        "description": metric.description,
        "points": [_point(point) for point in points],
    }


def _point(point: Any) -> Plain:
    """A point of a gauge or a sum has a value; the others count what they have summed up."""
    attributes = _attributes(point.attributes)
    if hasattr(point, "as_int"):
        kind = point.WhichOneof("value")
        return {"attributes": attributes, "value": None if kind is None else getattr(point, kind)}
    found = {"attributes": attributes, "count": point.count, "sum": point.sum}
    if hasattr(point, "explicit_bounds"):
        found["bounds"] = list(point.explicit_bounds)
        found["buckets"] = list(point.bucket_counts)
    return found


def _log(log: LogRecord) -> Plain:
    return {
        "body": _value(log.body),
        "severity": log.severity_text,
        "attributes": _attributes(log.attributes),
        "trace_id": log.trace_id.hex() or None,
        "span_id": log.span_id.hex() or None,
    }


def _named(names: tuple[str, ...], number: int) -> str:
    return names[number] if 0 <= number < len(names) else str(number)


def _attributes(pairs: Iterable[KeyValue], levels: int = MAX_LEVELS) -> Plain:
    return {pair.key: _value(pair.value, levels) for pair in pairs}


def _value(value: AnyValue, levels: int = MAX_LEVELS) -> Any:
    kind = value.WhichOneof("value")
    if kind is None or levels == 0:
        return None
    if kind == "array_value":
        return [_value(item, levels - 1) for item in value.array_value.values]
    if kind == "kvlist_value":
        return _attributes(value.kvlist_value.values, levels - 1)
    if kind == "bytes_value":
        return value.bytes_value.hex()
    return getattr(value, kind)
