"""What only shows with the whole bank at hand: what is there twice, and what points nowhere."""

from collections import Counter
from collections.abc import Callable, Iterable

from greenroom.bank.faults import Faults
from greenroom.bank.manifest import QuestionManifest
from greenroom.bank.package import LoadedBank, LoadedTopic

MANIFEST = "question.toml"
TOPIC = "topic.toml"
_UNIQUE: dict[str, Callable[[QuestionManifest], str | None]] = {
    "id": lambda manifest: manifest.id,
    "slug": lambda manifest: manifest.slug,
    "key": lambda manifest: manifest.key,
}


def check_together(bank: LoadedBank, faults: Faults) -> None:
    """Note the faults between questions and topics."""
    numbers = ((f"{topic.slug}/{TOPIC}", str(topic.manifest.number)) for topic in bank.topics)
    _refuse_repeated(faults, "number", numbers)
    for field, value in _UNIQUE.items():
        values = ((f"{q.folder}/{MANIFEST}", value(q.manifest)) for q in bank.questions)
        _refuse_repeated(faults, field, values)
    slugs = frozenset(topic.slug for topic in bank.topics)
    for topic in bank.topics:
        _check_prerequisites(topic, slugs, faults)
        _check_keys(topic, faults)
        _check_shows(topic, faults)


def _refuse_repeated(faults: Faults, field: str, values: Iterable[tuple[str, str | None]]) -> None:
    places = [(file, value) for file, value in values if value is not None]
    times = Counter(value for _, value in places)
    for file, value in places:
        if times[value] > 1:
            others = ", ".join(f for f, v in places if v == value and f != file)
            faults.add(file, f"{value} is also in {others}.", field=field)


def _check_prerequisites(topic: LoadedTopic, slugs: frozenset[str], faults: Faults) -> None:
    for needed in topic.manifest.prerequisites:
        if needed not in slugs:
            text = f"There is no topic {needed}."
            faults.add(f"{topic.slug}/{TOPIC}", text, field="prerequisites")


def _check_keys(topic: LoadedTopic, faults: Faults) -> None:
    for question in topic.questions:
        key, number = question.manifest.key, topic.manifest.number
        if key and int(key.partition(".")[0]) != number:
            text = f"{key} does not begin with the topic's number {number}."
            faults.add(f"{question.folder}/{MANIFEST}", text, field="key")


def _check_shows(topic: LoadedTopic, faults: Faults) -> None:
    explained = {
        question.manifest.key for question in topic.questions if question.manifest.kind == "explain"
    }
    for question in topic.questions:
        shows = question.manifest.shows
        if shows and shows not in explained:
            text = f"There is no explain question {shows} in this topic."
            faults.add(f"{question.folder}/{MANIFEST}", text, field="shows")
