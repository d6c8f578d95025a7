"""What most hostile answers are asked: two functions, called from outside."""

from random import Random

from greenroom_runner.harness.grading import Answer, check


@check("Adds two numbers", visible=True)
def adds(answer: Answer, random: Random) -> None:
    left, right = random.randrange(10**6), random.randrange(10**6)
    assert answer.call("add", left, right) == left + right, "The sum is wrong."


@check("Lists squares", visible=True)
def lists(answer: Answer) -> None:
    assert answer.call("squares", 40) == [n * n for n in range(40)], "The squares are wrong."
