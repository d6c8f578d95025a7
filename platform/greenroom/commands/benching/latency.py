"""How long one submission takes on an idle machine, beside the other ways, by turns."""

from pathlib import Path

from greenroom.bank.package import LoadedQuestion
from greenroom.commands.benching.cold import ColdContainer
from greenroom.commands.benching.figures import Figures
from greenroom.commands.benching.plain import PlainPytest
from greenroom.commands.benching.site import Judged, Site
from greenroom.core.errors import GreenroomError

WARM_UPS = 2


def measure(
    site: Site,
    plain: PlainPytest,
    question: LoadedQuestion,
    rounds: int,
    cold: ColdContainer | None = None,
) -> Figures:
    """Return the times of `rounds` rounds, after a few that count for nothing."""
    figures = Figures(question.manifest.slug, len(question.checks))
    for number in range(WARM_UPS + rounds):
        counts = number >= WARM_UPS
        seconds, passed = plain.run()
        in_container, passed_there = cold.run() if cold and counts else (0.0, passed)
        site.wait_until_warm()
        judged = site.judge(question.manifest.slug, dict(question.reference))
        require_same(figures, judged, passed, passed_there)
        if counts:
            figures.plain.seconds.append(seconds)
            figures.site.seconds.append(judged.seconds)
            figures.first_check.seconds.append(judged.first_check)
            figures.added.seconds.append(judged.seconds - judged.inside)
            if cold:
                figures.cold.seconds.append(in_container)
    return figures


def require_same(figures: Figures, judged: Judged, *passed: int) -> None:
    """Refuse to compare what is not the same work."""
    if judged.verdict != "accepted" or {figures.checks, judged.checks, *passed} != {figures.checks}:
        raise GreenroomError(
            f"{figures.question}: pytest passed {', '.join(map(str, passed))} checks, the site ran "
            f"{judged.checks} of {figures.checks} and said {judged.verdict}. "
            "There is nothing to compare."
        )


def plain_of(folder: Path, question: LoadedQuestion) -> PlainPytest:
    """Return the plain side of a question, in a new folder below `folder`."""
    assert question.grader is not None, "only questions with a grader are chosen"
    return PlainPytest(
        folder / question.manifest.slug, question.grader, question.reference["answer.py"]
    )
