"""A request as a grader writes it, and the operation that it becomes."""

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlencode

from greenroom_runner.harness.frames import Frame

Pairs = Mapping[str, Any] | Iterable[tuple[str, Any]]
Upload = tuple[str, bytes, str]

_BOUNDARY = "greenroom-part-7f3d1c"
_PATH_SAFE = "/:@!$&'()*+,;=~-._%"
_UNSET: Any = object()


@dataclass(frozen=True)
class Content:
    """What a request carries. At most one of its parts is given, but `data` may go with `files`."""

    json: Any = _UNSET
    data: Pairs | None = None
    files: Mapping[str, Upload] | None = None
    content: bytes | None = None

    def encoded(self) -> tuple[bytes, str | None]:
        """Return the body and its media type."""
        if self.json is not _UNSET:
            text = json.dumps(self.json, ensure_ascii=False, separators=(",", ":"))
            return text.encode("utf-8", "surrogatepass"), "application/json"
        if self.files is not None:
            return _multipart(self.data or {}, self.files)
        if self.data is not None:
            return _form(self.data).encode(), "application/x-www-form-urlencoded"
        return self.content or b"", None


def operation(
    method: str,
    target: str,
    content: Content,
    *,
    params: Pairs | None = None,
    headers: Pairs | None = None,
    cookies: Mapping[str, str] | None = None,
) -> Frame:
    """Return the operation for one request."""
    path, _, query = target.partition("?")
    if params:
        query = "&".join(part for part in (query, _form(params)) if part)
    body, media_type = content.encoded()
    return {
        "method": method.upper(),
        "path": unquote(path),
        "raw_path": quote(path, safe=_PATH_SAFE),
        "query": query,
        "headers": _headers(headers, cookies, body, media_type),
        "body": base64.b64encode(body).decode("ascii"),
    }


def _headers(
    given: Pairs | None, cookies: Mapping[str, str] | None, body: bytes, media_type: str | None
) -> list[list[str]]:
    own = [[name.lower(), str(value)] for name, value in _pairs(given or {})]
    usual = {"host": "testserver", "accept": "*/*", "user-agent": "greenroom"}
    if media_type:
        usual["content-type"] = media_type
    if body or media_type:
        usual["content-length"] = str(len(body))
    if cookies:
        usual["cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    named = {name for name, _ in own}
    fields = [[name, value] for name, value in usual.items() if name not in named] + own
    for _, value in fields:
        value.encode("latin-1")  # the most that a header can hold
    return fields


def _pairs(values: Pairs) -> Iterable[tuple[str, Any]]:
    return values.items() if isinstance(values, Mapping) else values


def _form(values: Pairs) -> str:
    return urlencode(list(_pairs(values)), doseq=True)


def _multipart(data: Pairs, files: Mapping[str, Upload]) -> tuple[bytes, str]:
    parts: list[tuple[str, str | None, bytes]] = [
        (f'name="{name}"', None, str(value).encode()) for name, value in _pairs(data)
    ]
    parts += [
        (f'name="{field}"; filename="{filename}"', media_type, content)
        for field, (filename, content, media_type) in files.items()
    ]
    body = b""
    for disposition, media_type, content in parts:
        body += f"--{_BOUNDARY}\r\nContent-Disposition: form-data; {disposition}\r\n".encode()
        if media_type:
            body += f"Content-Type: {media_type}\r\n".encode()
        body += b"\r\n" + content + b"\r\n"
    body += f"--{_BOUNDARY}--\r\n".encode()
    return body, f"multipart/form-data; boundary={_BOUNDARY}"
