"""What hostile answers are asked through a probe: how a shelf of theirs looks from inside."""

from greenroom_runner.harness.grading import Answer, AnswerError, check, probe


@probe
def shelf(answer, names):
    kept = answer.Shelf()
    for name in names:
        kept.put(name)
    return {"names": sorted(kept.names()), "size": len(kept.names())}


@check("A shelf keeps what is put there", visible=True)
def keeps(answer: Answer) -> None:
    seen = answer.probe(shelf, ["b", "a"])
    assert seen == {"names": ["a", "b"], "size": 2}, f"The shelf held {seen}."


@check("A shelf keeps what is not shown")
def keeps_what_is_not_shown(answer: Answer) -> None:
    seen = answer.probe(shelf, ["kingfisher"])
    assert seen == {"names": ["kingfisher"], "size": 1}, f"The shelf held {seen}."


@check("A number is refused", visible=True)
def refuses(answer: Answer) -> None:
    try:
        answer.probe(shelf, [1])
    except AnswerError as error:
        assert error.is_a("ValueError"), f"It raised {error.type}: {error.message}"
    else:
        raise AssertionError("Nothing was raised.")
