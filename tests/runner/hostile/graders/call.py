"""What most hostile answers are asked: two functions, called from outside."""

from random import Random

from greenroom_runner.harness.grading import Answer, check


@check("Adds two numbers", visible=True)
def adds(answer: Answer, random: Random) -> None:
    left, right = random.randrange(10**6), random.randrange(10**6)
    assert answer.call("add", left, right) == left + right, "The sum is wrong."


@check("Adds what is not shown")
def adds_what_is_not_shown(answer: Answer) -> None:
    assert answer.call("add", 7355608, 4711) == 7360319, "7355608 and 4711 make 7360319."


@check("Lists squares", visible=True)
def lists(answer: Answer) -> None:
    assert answer.call("squares", 40) == [n * n for n in range(40)], "The squares are wrong."
