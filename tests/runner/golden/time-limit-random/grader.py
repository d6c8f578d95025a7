"""Checks that draw their inputs: the seed is told where one that is seen did not pass."""

from random import Random

from greenroom_runner.harness.grading import Answer, check


@check("Doubles a number", visible=True)
def doubles(answer: Answer, random: Random) -> None:
    number = random.randrange(10**6)
    assert answer.call("double", number) == 2 * number, "It is not twice as much."


@check("Doubles nothing", visible=True)
def nothing(answer: Answer, random: Random) -> None:
    assert answer.call("double", random.randrange(1)) == 0, "Twice nothing is nothing."


@check("Doubles a fixed number", visible=True)
def fixed(answer: Answer) -> None:
    assert answer.call("double", 1) == 2, "It is not twice as much."


@check("Doubles what is negative")
def negative(answer: Answer, random: Random) -> None:
    number = -random.randrange(1, 10**6)
    assert answer.call("double", number) == 2 * number, "It is not twice as much."


@check("Doubles a large number", visible=True)
def large(answer: Answer, random: Random) -> None:
    number = random.randrange(10**9, 10**10)
    assert answer.call("double", number) == 2 * number, "It is not twice as much."
