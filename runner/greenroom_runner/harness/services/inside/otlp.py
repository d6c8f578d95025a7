"""An OpenTelemetry collector that keeps what is exported to it: OTLP over HTTP, as protobuf or as
JSON.
"""

import asyncio
import socket
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from greenroom_runner.harness.services.inside import telemetry
from greenroom_runner.harness.services.inside.records import Records
from greenroom_runner.harness.services.inside.web import MAX_BODY, Request, Response, WebServer
from greenroom_runner.harness.services.protocol import ServiceError

MAX_WAIT = 30.0
_JSON, _PROTOBUF = "application/json", "application/x-protobuf"
_GZIP = 31
_PROMPT = {
    "OTEL_BSP_SCHEDULE_DELAY": "50",
    "OTEL_BLRP_SCHEDULE_DELAY": "50",
    "OTEL_METRIC_EXPORT_INTERVAL": "250",
}
"""Milliseconds. By default exporters collect for seconds."""


class Otlp:
    """Spans and log records in the order of their arrival, and every metric as it was last."""

    def __init__(self, listening: socket.socket) -> None:
        self._spans, self._metrics, self._logs = Records(), Records(), Records()
        self._arrived = asyncio.Event()
        self._server = WebServer(listening, self._respond)

    @property
    def questions(self) -> Mapping[str, Callable[..., Any]]:
        return {
            "spans": self._spans.all,
            "metrics": self._metrics.all,
            "logs": self._logs.all,
            "wait": self._wait,
        }

    async def start(self) -> dict[str, str]:
        self._server.open()
        return {
            "OTEL_EXPORTER_OTLP_ENDPOINT": self._server.address,
            "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
            **_PROMPT,
        }

    async def keep(self) -> None:
        for records in (self._spans, self._metrics, self._logs):
            records.keep()

    async def reset(self) -> None:
        await self._server.drop()
        for records in (self._spans, self._metrics, self._logs):
            records.reset()

    async def _wait(self, count: int, seconds: float, what: str = "spans") -> bool:
        """Wait until there are so many, or for so long, and say whether there are."""
        records = {"spans": self._spans, "metrics": self._metrics, "logs": self._logs}.get(what)
        if records is None:
            raise ServiceError(f"Nobody can wait for {what!r}. Wait for spans, metrics or logs.")
        try:
            async with asyncio.timeout(min(seconds, MAX_WAIT)):
                while len(records) < count:
                    self._arrived.clear()
                    await self._arrived.wait()
        except TimeoutError:
            return False
        return True

    def _respond(self, request: Request) -> Response:
        if request.method != "POST" or request.target not in _TAKERS:
            return Response(404)
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in (_JSON, _PROTOBUF):
            return Response(415)
        try:
            found = _TAKERS[request.target](_unpacked(request), as_json=kind == _JSON)
        except Exception:  # what a hostile export makes the libraries raise, nobody has listed
            return Response(400)
        self._take(request.target, found)
        return Response(200, b"{}" if kind == _JSON else b"", {"content-type": kind})

    def _take(self, target: str, found: list[telemetry.Plain]) -> None:
        for record in found:
            if target == "/v1/metrics":
                self._metrics.remove(telemetry.same_metric(record))
                self._metrics.add(record)
            else:
                (self._spans if target == "/v1/traces" else self._logs).add(record)
        self._arrived.set()


_TAKERS = {
    "/v1/traces": telemetry.spans,
    "/v1/metrics": telemetry.metrics,
    "/v1/logs": telemetry.logs,
}


def _unpacked(request: Request) -> bytes:
    """Return the body without its compression. Raises what is wrong with it."""
    encoding = request.headers.get("content-encoding", "identity").lower()
    if encoding == "identity":
        return request.body
    if encoding not in ("gzip", "deflate"):
        raise ValueError(encoding)
    stream = zlib.decompressobj(_GZIP if encoding == "gzip" else zlib.MAX_WBITS)
    body = stream.decompress(request.body, MAX_BODY)
    if not stream.eof:
        raise ValueError("it is too large, or cut off")
    return body
