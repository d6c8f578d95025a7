"""A grader that is no Python."""

def adds(answer: Answer) -> None
