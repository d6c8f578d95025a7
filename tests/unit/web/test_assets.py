import os
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from greenroom.core.errors import ConfigurationError
from greenroom.web import assets


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bundle of one stylesheet with its compressed copies."""
    (tmp_path / "manifest.json").write_text('{"site.css": "site-AAAA.css"}')
    (tmp_path / "icons.json").write_text('{"x": "<path d=\\"M0 0\\"/>"}')
    (tmp_path / "site-AAAA.css").write_bytes(b"plain")
    (tmp_path / "site-AAAA.css.br").write_bytes(b"brotli")
    (tmp_path / "site-AAAA.css.gz").write_bytes(b"gzip")
    (tmp_path / "bare.woff2").write_bytes(b"font")
    monkeypatch.setattr(assets, "dist", lambda: tmp_path)
    return tmp_path


@pytest.fixture
def client(built: Path) -> TestClient:
    assert built.is_dir()
    return TestClient(Starlette(routes=[Mount(assets.URL, assets.BuiltFiles())]))


def raw(client: TestClient, path: str, accepted: str) -> tuple[dict[str, str], bytes]:
    """Return headers and the body as it was sent, before any decoding."""
    with client.stream("GET", path, headers={"Accept-Encoding": accepted}) as answer:
        assert answer.status_code == 200
        return dict(answer.headers), b"".join(answer.iter_raw())


@pytest.mark.usefixtures("built")
def test_a_plain_name_leads_to_the_hashed_one() -> None:
    assert assets.asset_url("site.css") == "/static/site-AAAA.css"
    assert assets.icon_shape("x") == '<path d="M0 0"/>'


@pytest.mark.usefixtures("built")
def test_unknown_names_say_what_to_do() -> None:
    with pytest.raises(LookupError, match="make bundle"):
        assets.asset_url("nowhere.css")
    with pytest.raises(LookupError, match=r"static/icons\.json"):
        assets.icon_shape("nowhere")


def test_a_new_build_is_seen_without_a_restart(built: Path) -> None:
    assert assets.asset_url("site.css") == "/static/site-AAAA.css"
    manifest = built / "manifest.json"
    before = manifest.stat().st_mtime_ns
    manifest.write_text('{"site.css": "site-BBBB.css"}')
    os.utime(manifest, ns=(before + 1, before + 1))
    assert assets.asset_url("site.css") == "/static/site-BBBB.css"


def test_a_missing_bundle_is_a_sentence(built: Path) -> None:
    (built / "manifest.json").unlink()
    with pytest.raises(ConfigurationError, match="make bundle"):
        assets.require_bundle()


@pytest.mark.parametrize(
    ("accepted", "encoding", "body"),
    [
        ("gzip, deflate, br;q=1.0", "br", b"brotli"),
        ("gzip", "gzip", b"gzip"),
        ("identity", None, b"plain"),
    ],
)
def test_the_best_copy_is_sent_under_the_file_s_own_type(
    client: TestClient, accepted: str, encoding: str | None, body: bytes
) -> None:
    headers, sent = raw(client, "/static/site-AAAA.css", accepted)
    assert sent == body
    assert headers.get("content-encoding") == encoding
    assert headers["content-type"].startswith("text/css")
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert headers["vary"] == "Accept-Encoding"


def test_a_file_without_copies_is_sent_as_it_is(client: TestClient) -> None:
    headers, sent = raw(client, "/static/bare.woff2", "br, gzip")
    assert sent == b"font"
    assert "content-encoding" not in headers


@pytest.mark.parametrize("path", ["/static/nothing.css", "/static/../pyproject.toml", "/static/"])
def test_nothing_else_is_served(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404
