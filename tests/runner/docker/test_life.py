"""How sandboxes start and end on a real engine."""

import io
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from contextlib import closing

import pytest

from greenroom_runner import images
from greenroom_runner.channel import ChannelClosed
from greenroom_runner.connection import connect
from greenroom_runner.docker_engine import DockerEngine, DockerSettings
from greenroom_runner.engine import EngineError
from greenroom_runner.kinds import JUDGE, cost_mib
from greenroom_runner.limits import Limits
from greenroom_runner.request import Profile
from greenroom_runner.session import await_ready
from tests.runner.docker.conftest import ProbeEngine
from tests.support.sandboxes import (
    containers_of,
    docker_engine,
    eventually,
    new_owner,
    no_container_left,
    silent,
)

STOPPED_WITHIN = 5.0


@pytest.mark.parametrize("profile", ["pydantic", "sqlalchemy", "fastapi", "everything"])
def test_a_candidate_gets_warm(engine: DockerEngine, profile: Profile) -> None:
    sandbox = engine.start_candidate(profile)
    await_ready(sandbox, 30)
    assert not sandbox.stopped
    sandbox.stop()
    assert sandbox.stopped


@pytest.mark.parametrize("profile", ["pydantic", "sqlalchemy", "fastapi", "everything"])
def test_a_warm_candidate_holds_what_the_pool_counts_for_it(
    engine: DockerEngine, profile: Profile
) -> None:
    sandbox = engine.start_candidate(profile)
    try:
        await_ready(sandbox, 30)
        held = own_memory(engine, sandbox.id)
    finally:
        sandbox.stop()
    assert held <= cost_mib(profile) * 2**20
    assert held <= 60e6 or profile == "everything"


def test_a_waiting_judge_holds_what_the_pool_counts_for_it(engine: DockerEngine) -> None:
    sandbox = engine.start_judge("tenant")
    try:
        await_ready(sandbox, 30)
        assert own_memory(engine, sandbox.id) <= cost_mib(JUDGE) * 2**20
    finally:
        sandbox.stop()


def own_memory(engine: DockerEngine, container: str) -> int:
    """Return the bytes that a container holds for itself: no page of a file is among them."""
    stats = engine._client().api.stats(container, stream=False)["memory_stats"]["stats"]
    return int(stats["total_rss"] if "total_rss" in stats else stats["anon"])


@pytest.mark.parametrize("profile", ["pydantic", "sqlalchemy", "fastapi", "everything"])
def test_the_image_holds_what_a_profile_promises(probe: ProbeEngine, profile: str) -> None:
    # A library that is missing is passed over while warming up: nobody would notice.
    found = probe.observe(
        f"""
        import importlib
        from greenroom_runner.harness.profiles import LIBRARIES
        missing = []
        for name in LIBRARIES["{profile}"]:
            try:
                importlib.import_module(name)
            except ImportError as problem:
                missing.append(str(problem))
        say(missing=missing)
        """
    )
    assert found == {"missing": []}


def test_a_judge_gets_ready(engine: DockerEngine) -> None:
    sandbox = engine.start_judge("tenant")
    await_ready(sandbox, 30)
    sandbox.stop()


def test_stopping_twice_says_the_same(engine: DockerEngine, owner: str) -> None:
    sandbox = engine.start_judge("tenant")
    await_ready(sandbox, 30)
    first = sandbox.stop()
    assert sandbox.stop() is first
    with closing(connect()) as client:
        assert containers_of(client, owner) == []
    with pytest.raises(ChannelClosed):
        sandbox.channel.receive(time.monotonic() + 1)


def test_a_waiting_reader_is_released_by_stop(engine: DockerEngine) -> None:
    sandbox = engine.start_judge("tenant")
    await_ready(sandbox, 30)
    ended = threading.Event()

    def read() -> None:
        with pytest.raises(ChannelClosed):
            sandbox.channel.receive(time.monotonic() + 60)
        ended.set()

    reader = threading.Thread(target=read)
    reader.start()
    sandbox.stop()
    assert ended.wait(STOPPED_WITHIN)
    reader.join()


def test_a_killed_owner_leaves_no_container() -> None:
    owner = new_owner()
    program = f"""
        import sys
        from greenroom_runner.docker_engine import DockerEngine, DockerSettings
        from greenroom_runner.session import await_ready
        engine = DockerEngine(DockerSettings(owner={owner!r}))
        engine.prepare(lambda progress: None)
        kept = [engine.start_candidate("fastapi"), engine.start_judge("tenant")]
        for sandbox in kept:
            await_ready(sandbox, 30)
        print("warm", flush=True)
        sys.stdin.read()
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    with no_container_left(owner), closing(connect()) as client:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE)
        with process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"warm\n"
            assert len(containers_of(client, owner)) == 2
            os.kill(process.pid, signal.SIGKILL)
        eventually(lambda: not containers_of(client, owner), "a killed owner left containers", 5)


def test_sweep_removes_what_an_earlier_run_left_and_nothing_else() -> None:
    owner, stranger = new_owner(), new_owner()
    with docker_engine(owner) as earlier, docker_engine(stranger) as other:
        left = [earlier.start_judge("a"), earlier.start_judge("b")]
        foreign = other.start_judge("c")
        now = DockerEngine(DockerSettings(owner=owner))
        now.prepare(silent)
        own = now.start_judge("d")
        try:
            assert now.sweep() == 2
            with closing(connect()) as client:
                assert containers_of(client, owner) == [own.id]
                assert containers_of(client, stranger) == [foreign.id]
        finally:
            for sandbox in (*left, foreign, own):
                sandbox.stop()


def test_an_image_that_was_built_anew_is_taken_up(
    engine: DockerEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"greenroom-test-{new_owner()}:now"
    monkeypatch.setattr(images, "current_name", lambda: name)
    with closing(connect()) as client:
        old = client.images.get(engine.image_digest())
        old.tag(name)
        engine.prepare(silent)
        before = engine.start_judge("tenant")
        try:
            assert engine.healthy()
            assert before.image == engine.image_digest() == old.id
            recipe = f"FROM {old.id}\nLABEL built=anew\n".encode()
            new, _ = client.images.build(fileobj=io.BytesIO(recipe), tag=name, rm=True)
            assert not engine.healthy()
            engine.prepare(silent)
            assert engine.healthy()
            assert engine.image_digest() == new.id != before.image
            client.images.remove(name)
            assert not engine.healthy(), "it was removed"
        finally:
            before.stop()


def test_a_start_that_fails_leaves_nothing(engine: DockerEngine) -> None:
    with pytest.raises(EngineError, match="cannot be started"):
        engine._start("candidate", ["candidate", "fastapi"], memory_mib=1)


def test_refuses_more_disk_than_it_gives(engine: DockerEngine) -> None:
    sandbox = engine.start_judge("tenant")
    try:
        with pytest.raises(EngineError, match="asks for 64 MiB of disk, and this runner gives 32"):
            engine.apply_limits(sandbox, Limits(disk_mib=64))
    finally:
        sandbox.stop()


def test_runs_by_the_runtime_that_is_asked_for(owner: str) -> None:
    engine = DockerEngine(DockerSettings(owner=owner, runtime="runc"))
    with closing(engine), no_container_left(owner), closing(connect()) as client:
        engine.prepare(silent)
        sandbox = engine.start_judge("tenant")
        try:
            await_ready(sandbox, 30)
            assert client.api.inspect_container(sandbox.id)["HostConfig"]["Runtime"] == "runc"
        finally:
            sandbox.stop()


def test_says_that_the_engine_does_not_know_a_runtime(owner: str) -> None:
    with (
        closing(DockerEngine(DockerSettings(owner=owner, runtime="nonsense"))) as engine,
        pytest.raises(EngineError, match=r"knows no runtime nonsense, only .*runc"),
    ):
        engine.prepare(silent)


def test_says_what_is_the_matter_when_no_engine_answers() -> None:
    engine = DockerEngine(DockerSettings(owner="nobody", url="unix:///nowhere/docker.sock"))
    with pytest.raises(EngineError, match="Start Docker, or set DOCKER_HOST"):
        engine.prepare(silent)
    assert not engine.healthy()
    assert engine.image_digest() == ""
    with pytest.raises(EngineError, match="not built yet"):
        engine.start_judge("tenant")
