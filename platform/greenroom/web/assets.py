"""The built front end: plain names to hashed ones, icon shapes, and the /static route.

Names carry a hash of their content, so a browser may keep a file for ever, and compressed copies
stand beside each file, so nothing is compressed while serving.
"""

import json
from functools import lru_cache
from os import PathLike, stat_result
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from greenroom.core.errors import ConfigurationError
from greenroom.core.paths import data_path

URL = "/static"
FOR_EVER = "public, max-age=31536000, immutable"
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))


def dist() -> Path:
    """Return the folder of the built files."""
    return data_path("static", "dist")


def require_bundle() -> None:
    """Raise a ConfigurationError that says what to do when the front end was never built."""
    _read("manifest.json")


def asset_url(name: str) -> str:
    """Return the URL of the built file for a plain name such as `site.css`."""
    try:
        return f"{URL}/{_read('manifest.json')[name]}"
    except KeyError:
        raise LookupError(f"static/dist has no {name}; run `make bundle`") from None


def icon_shape(name: str) -> str:
    """Return the inside of an icon's svg element."""
    try:
        return str(_read("icons.json")[name])
    except KeyError:
        raise LookupError(f"no icon {name!r}: add it to static/icons.json") from None


def _read(name: str) -> dict[str, str]:
    path = dist() / name
    try:
        changed = path.stat().st_mtime_ns
    except FileNotFoundError:
        raise ConfigurationError(
            f"The front end is not built: {path} is missing. Run `make bundle`, then start again."
        ) from None
    return _parsed(path, changed)


@lru_cache(maxsize=8)
def _parsed(path: Path, changed: int) -> dict[str, str]:
    del changed  # part of the key only: a new build is read anew
    content: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return content


class BuiltFiles(StaticFiles):
    """Serves static/dist: cached for ever, compressed where the client takes it."""

    def __init__(self) -> None:
        """Serve the built files; a missing folder is told by `require_bundle`, not here."""
        super().__init__(directory=dist(), check_dir=False)

    def file_response(
        self,
        full_path: str | PathLike[str],
        stat_result: stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """Answer with the best encoded copy of a file."""
        path = Path(full_path)
        encoding, copy = _encoded(path, Headers(scope=scope).get("accept-encoding", ""))
        if copy is None:
            response = super().file_response(full_path, stat_result, scope, status_code)
        else:
            plain = FileResponse(path)  # knows the media type of the file under its own name
            response = super().file_response(copy, copy.stat(), scope, status_code)
            response.headers["Content-Type"] = plain.headers["Content-Type"]
            response.headers["Content-Encoding"] = encoding
        _keep(response.headers)
        return response


def _encoded(path: Path, accepted: str) -> tuple[str, Path | None]:
    offered = {part.split(";")[0].strip() for part in accepted.split(",")}
    for encoding, ending in ENCODINGS:
        copy = path.with_name(path.name + ending)
        if encoding in offered and copy.is_file():
            return encoding, copy
    return "", None


def _keep(headers: MutableHeaders) -> None:
    headers["Cache-Control"] = FOR_EVER
    headers["Vary"] = "Accept-Encoding"
