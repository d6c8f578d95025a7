"""The candidate sandbox's program: `... greenroom_runner.harness candidate PROFILE [SERVICE ...]`.

Starts the services, imports the profile's libraries, says `ready`, and waits for one job. Standard
input and output are the channel; the answer never sees them.
"""

import gc
import importlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from greenroom_runner.harness import profiles, sharing, system
from greenroom_runner.harness.box import Box
from greenroom_runner.harness.port import take_channel
from greenroom_runner.harness.services.group import Services
from greenroom_runner.harness.services.protocol import ServiceError
from greenroom_runner.harness.supervisor import Supervisor

ANSWER_UID = 60017
"""The user that runs the answer when the harness itself starts as root: it can neither signal nor
read the harness.
"""


def main(profile: str, services: Sequence[str] = ()) -> int:
    """Serve one job and return the exit status."""
    agent = take_channel()
    system.guard()
    parts = (profile, profiles.SUITE) if profiles.SUITE in services else (profile,)
    others = [service for service in services if service not in parts]
    beside = Services(others, Path(tempfile.mkdtemp(prefix="services-")))
    sharing.share()
    box = Box(Path(tempfile.mkdtemp(prefix="answer-")))
    try:
        beside.start()
        uid = _other_user()
        supervisor = Supervisor(agent, box, beside, uid)
        supervisor.start(lambda: _load(parts))
        agent.send({"t": "ready", "profile": profile})
        job = agent.receive()
        if job is not None:
            box.write({**job["files"], **job["suite"]})
            if uid is not None:
                box.give_to(uid)
            supervisor.run(job)
    except ServiceError as problem:
        agent.send({"t": "unable", "message": str(problem)})
    finally:
        beside.stop()
        system.end_descendants()
        box.remove()
    return 0


def _load(parts: Sequence[str]) -> None:
    """Load the libraries in the answer's process. The one above it never needs them, and pages
    that two processes hold are copied when one of them writes.
    """
    gc.disable()
    for part in parts:
        profiles.warm(part)
    if profiles.SUITE in parts:
        importlib.import_module(profiles.SUITE_MODULE)  # without pytest nothing is judged here
    gc.collect()
    sharing.share()
    gc.enable()


def _other_user() -> int | None:
    """Return the user to run the answer as; None when this process may not change its own."""
    return ANSWER_UID if os.geteuid() == 0 and system.may_become(ANSWER_UID) else None
