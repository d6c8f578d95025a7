"""What a warm sandbox has loaded is never written to again by being read."""

import json
from contextlib import closing

from greenroom_runner import images
from greenroom_runner.connection import connect
from tests.support.sandboxes import silent

PROGRAM = """
import gc, json, sys
from greenroom_runner.harness import sharing

class Known:
    "A class and its text that are there before."

def steady(found):
    before = sys.getrefcount(found)
    also = [found] * 100
    return sys.getrefcount(found) == before

before = Known()
at_work = (one for one in [before])
next(at_work)
sharing.share()
known = [before, Known, Known.__doc__, json, json.dumps, json.dumps.__code__.co_consts[1], steady]
print(json.dumps({"known": [steady(one) for one in known], "new": steady(Known()),
    "at work": steady(at_work), "frozen": gc.get_freeze_count()}))
del before, known, at_work
gc.collect()
"""


def test_what_was_there_is_immortal_and_what_comes_later_is_not() -> None:
    image = images.build(silent)
    with closing(connect()) as client:
        said = client.containers.run(
            image.digest,
            ["-c", PROGRAM],
            entrypoint=["python"],
            network_mode="none",
            remove=True,
        )
    found = json.loads(said)
    assert found["known"] == [True] * 7
    assert not found["new"]
    assert not found["at work"]
    assert found["frozen"] > 1000
