"""Checks for "show 19.2": a chain of steps in order, and a rule across fields after it."""

from random import Random

from greenroom_runner.harness.grading import Answer, check, probe


@probe
def kept(answer, numbers):
    """Return what a model of our own keeps of `numbers`, and what `Pair` keeps of the first two."""
    from pydantic import BaseModel

    class Team(BaseModel):
        members: list[answer.MemberNumber]

    pair = answer.Pair.model_validate({"climber": numbers[0], "partner": numbers[1]})
    return [Team(members=numbers).members, [pair.climber, pair.partner]]


@probe
def errors(answer, climber, partner):
    """Return the `loc` of each error of a pair, sorted, or None where it was accepted."""
    from pydantic import ValidationError

    try:
        answer.Pair(climber=climber, partner=partner)
    except ValidationError as error:
        return sorted(list(found["loc"]) for found in error.errors())
    return None


def member_number(random: Random) -> str:
    """Return eight digits that fit."""
    digits = [random.randint(0, 9) for _ in range(7)]
    return "".join(map(str, [*digits, sum(digits) % 10]))


def grouped(number: str) -> str:
    return f"{number[:4]}-{number[4:]}"


def typed(number: str, random: Random) -> str:
    """Return the number as somebody may type it."""
    spaced = "".join(digit + random.choice(["", "", " ", "-", " - "]) for digit in number)
    return f" {spaced} "


def wrong_last_digit(random: Random) -> str:
    number = member_number(random)
    return number[:7] + str((int(number[7]) + random.randint(1, 9)) % 10)


@check("Each step works on what the one before returned", group="chain", visible=True)
def steps_follow_each_other(answer: Answer, random: Random) -> None:
    numbers = [member_number(random) for _ in range(4)]
    expected = [grouped(number) for number in numbers]
    members, pair = answer.probe(kept, [typed(number, random) for number in numbers])
    assert pair == expected[:2], "Two good numbers, typed with spaces and hyphens."
    assert members == expected, "The same in another model, as list[MemberNumber]."


@check("A number that does not fit is refused at its field", group="chain", visible=True)
def wrong_number_is_refused(answer: Answer, random: Random) -> None:
    good = member_number(random)
    number = member_number(random)
    for wrong in (wrong_last_digit(random), number[:6], number + "0", "1234567x", ""):
        found = answer.probe(errors, wrong, good)
        assert found == [["climber"]], f"The climber is {wrong!r}, the partner {good!r}."


@check(
    "What is no text is refused like any wrong number",
    group="chain",
    hint="Which of your steps meets the value before its type was checked?",
)
def other_types_are_refused(answer: Answer, random: Random) -> None:
    good = member_number(random)
    for wrong in (random.randint(10**7, 10**8), None, [good]):
        found = answer.probe(errors, good, wrong)
        assert found == [["partner"]], f"The partner is {wrong!r}."


@check(
    "Two wrong fields are told together",
    group="model",
    hint="Fields are checked one by one; a rule across them needs both to be there.",
)
def both_fields_are_told(answer: Answer, random: Random) -> None:
    wrong = wrong_last_digit(random)
    found = answer.probe(errors, wrong, wrong)
    assert found == [["climber"], ["partner"]], "Both numbers are wrong, and both are the same."


@check(
    "The same member twice is an error of the model, however it was typed",
    group="model",
    hint="Compare what the chain returned, in a validator of the model.",
)
def same_member_is_refused(answer: Answer, random: Random) -> None:
    number = member_number(random)
    for again in (number, grouped(number), typed(number, random)):
        assert answer.probe(errors, number, again) == [[]], f"{number!r} with {again!r}."
