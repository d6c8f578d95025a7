"""The short way between the agent and a container, and what happens where it cannot be gone."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from greenroom_runner.channel import ChannelClosed, ChannelTimeout, FdChannel, socket_channel
from greenroom_runner.docker_engine import DockerEngine, DockerSandbox, DockerSettings
from greenroom_runner.harness.frames import pack
from greenroom_runner.meeting import (
    EitherChannel,
    Meeting,
    Place,
    PlaceError,
    make_place,
    read_place,
)
from greenroom_runner.session import await_ready
from tests.runner.docker.conftest import ProbeEngine
from tests.support.sandboxes import no_container_left, silent

READY = {"t": "ready"}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path, str(tmp_path))


@pytest.fixture
def far(place: Place) -> Iterator[tuple[EitherChannel, Meeting, socket.socket]]:
    """A channel that has both ways open, and the engine's end of it."""
    near, far = socket.socketpair()
    meeting = Meeting(place)
    channel = EitherChannel(socket_channel(near), meeting)
    with far:
        yield channel, meeting, far
        channel.close()


Ways = tuple[EitherChannel, Meeting, socket.socket]


def comes(meeting: Meeting, place: Place) -> socket.socket:
    guest = socket.socket(socket.AF_UNIX)
    try:
        guest.connect(str(place.folder / meeting.name))
    except OSError:
        guest.close()
        raise
    return guest


def within(seconds: float) -> float:
    return time.monotonic() + seconds


def test_takes_the_short_way_where_the_sandbox_does(far: Ways, place: Place) -> None:
    channel, meeting, _ = far
    with comes(meeting, place) as guest:
        guest.sendall(pack(READY))
        assert channel.receive(within(5)) == READY
        channel.send({"t": "job"})
        assert guest.recv(100) == pack({"t": "job"})


def test_takes_the_engines_way_where_the_sandbox_does(far: Ways) -> None:
    channel, _, engine = far
    engine.sendall(pack(READY))
    assert channel.receive(within(5)) == READY
    channel.send({"t": "job"})
    assert engine.recv(100) == pack({"t": "job"})


def test_half_a_frame_on_the_engines_way_decides_nothing(far: Ways, place: Place) -> None:
    channel, meeting, engine = far
    engine.sendall(pack(READY)[:3])
    with pytest.raises(ChannelTimeout):
        channel.receive(within(0.05))
    with comes(meeting, place) as guest:
        guest.sendall(pack({"t": "late"}))
        assert channel.receive(within(5)) == {"t": "late"}


def test_nobody_is_let_in_behind_the_first(far: Ways, place: Place) -> None:
    channel, meeting, _ = far
    with comes(meeting, place) as guest:
        guest.sendall(pack(READY))
        channel.receive(within(5))
        assert list(place.folder.iterdir()) == []
        with pytest.raises(FileNotFoundError):
            comes(meeting, place)


def test_says_that_the_sandbox_is_gone(far: Ways) -> None:
    channel, _, engine = far
    engine.close()
    with pytest.raises(ChannelClosed):
        channel.receive(within(5))


def test_closing_wakes_whoever_waits(far: Ways, place: Place) -> None:
    channel, _, _ = far
    ended = threading.Event()

    def wait() -> None:
        with contextlib.suppress(ChannelClosed):
            channel.receive(within(30))
        ended.set()

    waiting = threading.Thread(target=wait)
    waiting.start()
    channel.close()
    assert ended.wait(5)
    waiting.join()
    assert list(place.folder.iterdir()) == []


def test_the_path_of_the_folder_may_be_long(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 40)
    folder.mkdir()
    meeting = Meeting(Place(folder, str(folder)))
    assert [path.name for path in folder.iterdir()] == [meeting.name]
    meeting.close()


def test_what_a_killed_agent_left_behind_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    nobody = 2**22 + 1  # beyond what the kernel numbers
    left = [tmp_path / f"greenroom-{owner}-{nobody}-x" for owner in ("me", "you")]
    for folder in left:
        folder.mkdir()
    first, second = make_place("me"), make_place("me")
    assert set(tmp_path.iterdir()) == {first.folder, second.folder, left[1]}


@pytest.mark.parametrize("text", ["", "volume", "volume:", ":/folder", "volume:folder"])
def test_a_place_has_a_source_and_a_folder(text: str) -> None:
    with pytest.raises(PlaceError, match="a colon, and a folder's path"):
        read_place(text)


def test_a_place_may_be_a_volume_of_the_engine() -> None:
    assert read_place("meetings:/run/meetings") == Place(Path("/run/meetings"), "meetings")
    assert read_place("meetings:/run/meetings").is_volume
    assert not read_place("/srv/meetings:/run/meetings").is_volume


def way_of(sandbox: DockerSandbox) -> str:
    channel = sandbox.channel
    if isinstance(channel, FdChannel):
        return "engine's"
    assert isinstance(channel, EitherChannel)
    return "engine's" if channel._chosen is channel._attached else "short"


def test_containers_take_the_short_way(engine: DockerEngine) -> None:
    candidate, judge = engine.start_candidate("pydantic"), engine.start_judge("tenant")
    for sandbox in (candidate, judge):
        await_ready(sandbox, 30)
        assert way_of(sandbox) == "short"
        sandbox.stop()


@pytest.mark.parametrize("source", ["/nowhere/at/all", "another"])
def test_containers_that_cannot_take_it_are_reached_through_the_engine(
    owner: str, source: str, tmp_path: Path
) -> None:
    """A path that the engine does not have, and a folder that is not the agent's."""
    if source == "another":
        source = str(tmp_path / source)
        Path(source).mkdir()
    place = Place(tmp_path, source)
    with (
        closing(DockerEngine(DockerSettings(owner=owner, place=place))) as engine,
        no_container_left(owner),
    ):
        engine.prepare(silent)
        sandbox = engine.start_judge("tenant")
        try:
            await_ready(sandbox, 30)
            assert way_of(sandbox) == "engine's"
        finally:
            sandbox.stop()


def test_an_answer_finds_no_socket_and_can_make_none(probe: ProbeEngine) -> None:
    found = probe.observe(
        """
        def tried(action):
            try:
                return str(action())
            except OSError as problem:
                return errno.errorcode[problem.errno]
        say(list=tried(lambda: os.listdir("/run/greenroom")),
            make=tried(lambda: os.mkdir("/run/greenroom/x")))
        """
    )
    assert found == {"list": "EACCES", "make": "EROFS"}
