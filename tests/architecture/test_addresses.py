"""The site works offline, and no committed file ties anyone to a registry."""

from tests.architecture import rules
from tests.architecture.source import ROOT, committed_files, place

SERVED = (ROOT / "templates", ROOT / "static")
BINARY = {".png", ".woff2", ".ico", ".zip", ".gz", ".br"}


def test_pages_load_nothing_from_elsewhere() -> None:
    found = [
        f"{place(path, line)} {address}"
        for path in committed_files()
        if any(path.is_relative_to(folder) for folder in SERVED)
        if path.suffix not in BINARY and path.name != "package-lock.json"
        for line, address in rules.foreign_addresses(path.read_text(encoding="utf-8"))
    ]
    assert not found, f"the browser would leave this site: {found}"


def test_lock_files_hold_hashes_and_no_addresses() -> None:
    lock = (ROOT / "static" / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock, "run npm with omit-lockfile-registry-resolved=true"
    assert '"integrity"' in lock
    for pins in (ROOT / "requirements").glob("*.txt"):
        text = pins.read_text(encoding="utf-8")
        assert "--hash=sha256:" in text, place(pins)
        assert "://" not in text, place(pins)
        assert "index-url" not in text, place(pins)


def test_no_registry_is_named() -> None:
    found = [
        f"{place(path, line)} {host}"
        for path in committed_files()
        if path.suffix not in BINARY
        for line, host in rules.registry_hosts(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert not found, f"a registry is the machine's own setting, never the project's: {found}"
