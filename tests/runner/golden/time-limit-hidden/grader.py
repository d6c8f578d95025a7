"""Checks of a scenario: one that candidates see, one that they do not."""

from greenroom_runner.harness.grading import Answer, check


@check("Adds two numbers", group="basics", visible=True, hint="Use +.")
def adds(answer: Answer) -> None:
    assert answer.call("add", 2, 3) == 5, "2 and 3 make 5."


@check("Adds what is negative", group="edges", hint="Mind the sign.")
def adds_negative(answer: Answer) -> None:
    assert answer.call("add", -2, -3) == -5, "-2 and -3 make -5."
