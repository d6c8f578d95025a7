"""What holds for sandboxes that wait, candidates and judges alike."""

import threading
import time
from collections.abc import Sequence

from greenroom_runner.channel import BadFrame, ChannelClosed, ChannelTimeout
from greenroom_runner.engine import Engine, Sandbox


def is_fit(sandbox: Sandbox, engine: Engine) -> bool:
    """Say whether a waiting sandbox may be used: it is alive, and not of an image before this."""
    return is_idle(sandbox) and sandbox.image == engine.image_digest()


def is_idle(sandbox: Sandbox) -> bool:
    """Say whether a waiting sandbox is still there and, as it must, silent."""
    try:
        sandbox.channel.receive(time.monotonic())
    except ChannelTimeout:
        return not sandbox.stopped
    except (ChannelClosed, BadFrame):
        return False
    return False


def stop_all(sandboxes: Sequence[Sandbox], seconds: float = 15) -> None:
    """Stop several sandboxes at once, and wait for them `seconds` at most."""
    deadline = time.monotonic() + seconds
    threads = [threading.Thread(target=sandbox.stop, daemon=True) for sandbox in sandboxes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
