import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom_runner import wire
from greenroom_runner.request import MAX_FILE_BYTES, MAX_FILES, RunRequest
from greenroom_runner.wire import AddressError, LineError, LineReader, encode, parse_address


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    near, far = socket.socketpair()
    with near, far:
        near.settimeout(10)
        yield near, far


def test_reads_addresses() -> None:
    assert parse_address("unix:///run/runner.sock").path == "/run/runner.sock"
    tcp = parse_address("tcp://10.0.0.1:7000")
    assert (tcp.host, tcp.port, tcp.path) == ("10.0.0.1", 7000, "")


@pytest.mark.parametrize("url", ["", "runner.sock", "http://host:1", "unix://", "tcp://host"])
def test_refuses_what_is_no_address(url: str) -> None:
    with pytest.raises(AddressError, match="Write unix:///path/to/socket or tcp://host:port"):
        parse_address(url)


def test_refuses_a_path_that_no_socket_can_have() -> None:
    with pytest.raises(AddressError, match="longer than 107 bytes"):
        parse_address(f"unix:///{'x' * 110}")


def test_nobody_else_may_use_a_unix_socket(tmp_path: Path) -> None:
    path = tmp_path / "runner.sock"
    with parse_address(f"unix://{path}").listen():
        assert path.stat().st_mode & 0o777 == 0o600


def test_cuts_lines_wherever_they_arrive(pair: tuple[socket.socket, socket.socket]) -> None:
    near, far = pair
    far.sendall(b'{"a":1}\n\n{"b"')
    reader = LineReader(near)
    assert reader.next() == b'{"a":1}'
    assert reader.next() == b""
    far.sendall(b":2}\nrest")
    far.shutdown(socket.SHUT_WR)
    assert reader.next() == b'{"b":2}'
    assert reader.next() is None


def test_refuses_a_line_without_end(
    pair: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    near, far = pair
    monkeypatch.setattr(wire, "MAX_LINE", 1000)
    writer = threading.Thread(target=far.sendall, args=(b"x" * 2000,))
    writer.start()
    with pytest.raises(LineError):
        LineReader(near).next()
    writer.join(10)


@given(st.dictionaries(st.text(), st.text()))
def test_a_message_is_one_line_of_ascii(message: dict[str, str]) -> None:
    line = encode(message)
    assert line.count(b"\n") == 1
    assert line.isascii()
    assert json.loads(line) == message


def test_the_largest_request_fits_a_line() -> None:
    worst = "\x00" * MAX_FILE_BYTES  # six bytes a character, once escaped
    request = RunRequest(
        judgement_id="0" * 32,
        tenant="t",
        profile="fastapi",
        mode="submit",
        files={f"{number}.py": worst for number in range(MAX_FILES)},
        grader=worst,
        seed=1,
    )
    line = encode({"op": "run", "request": request.model_dump(mode="json")})
    assert len(line) <= wire.MAX_LINE
