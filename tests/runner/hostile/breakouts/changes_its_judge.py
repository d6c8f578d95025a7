# attack: changes modules, environment and limits, for the judgement that comes next to meet them
import os
import random
import sys

from greenroom_runner.harness import asserts, frames, judging
from greenroom_runner.harness.grading import check

MARKS = (asserts, frames, judging, random, sys)


@check("The judge is as it was", visible=True)
def as_it_was() -> None:
    met = [module.__name__ for module in MARKS if hasattr(module, "visited")]
    met += [name for name in os.environ if name == "VISITED"]
    for module in MARKS:
        module.visited = True
    os.environ["VISITED"] = "yes"
    os.nice(0)
    os.umask(0o777)
    assert met == []
