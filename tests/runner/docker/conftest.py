"""A real engine, and a probe image: the sandbox image whose first program is plain Python."""

import io
import json
import textwrap
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from greenroom_runner.connection import connect
from greenroom_runner.docker_engine import DockerEngine, DockerSandbox
from greenroom_runner.harness.frames import Frame
from greenroom_runner.harness.services.needs import together
from tests.support.sandboxes import docker_engine, new_owner

# Frames by hand: the probe must not lean on what it probes.
PRELUDE = """
import ctypes, errno, json, os, sys, threading
def say(**found):
    payload = json.dumps(found).encode()
    os.write(1, len(payload).to_bytes(4, "big") + payload)
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    ctypes.set_errno(0)
    result = libc.syscall(number, *arguments)
    return errno.errorcode[ctypes.get_errno()] if result == -1 else "allowed"
"""


@pytest.fixture
def owner() -> str:
    return new_owner()


@pytest.fixture
def engine(owner: str) -> Iterator[DockerEngine]:
    with docker_engine(owner) as engine:
        yield engine


class ProbeEngine:
    """Starts hostile code as the first process of a container that is like any candidate's."""

    def __init__(self, engine: DockerEngine, image: str) -> None:
        assert engine._image is not None
        engine._image = replace(engine._image, digest=image)
        self.engine = engine

    def start(self, code: str, *services: str) -> DockerSandbox:
        """`services`: the container has room for them. They do not run."""
        memory = self.engine._settings.limits.memory_mib
        command = ["-c", PRELUDE + textwrap.dedent(code)]
        sandbox = self.engine._start("candidate", command, memory, together(services))
        sandbox.beside = together(services)
        return sandbox

    def observe(self, code: str, *services: str) -> Frame:
        """Run the code and return the first thing it says."""
        sandbox = self.start(code, *services)
        try:
            return sandbox.channel.receive(time.monotonic() + 20)
        except Exception as problem:
            raise AssertionError("the probe said nothing") from problem
        finally:
            sandbox.stop()


@pytest.fixture(scope="session")
def probe_image() -> Iterator[str]:
    with docker_engine(new_owner()) as engine, closing(connect()) as client:
        dockerfile = f"FROM {engine.image_digest()}\nENTRYPOINT {json.dumps(['python', '-u'])}\n"
        lines = client.api.build(fileobj=io.BytesIO(dockerfile.encode()), rm=True, decode=True)
        image = next(line["aux"]["ID"] for line in lines if "aux" in line)
        yield image
        client.images.remove(image)


@pytest.fixture
def probe(engine: DockerEngine, probe_image: str) -> ProbeEngine:
    return ProbeEngine(engine, probe_image)
