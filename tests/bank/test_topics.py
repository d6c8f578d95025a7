"""Every topic says why it is asked, and where in this very source it can be seen at work."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from greenroom.bank.here import excerpt

BANK = Path(__file__).parents[2] / "question_bank"
TOPICS = [
    pytest.param(tomllib.loads(path.read_text("utf-8")), id=path.parent.name)
    for path in sorted(BANK.glob("*/topic.toml"))
]
EVERY_TOPIC = pytest.mark.parametrize("topic", TOPICS)


@EVERY_TOPIC
def test_says_why_interviewers_ask(topic: dict[str, Any]) -> None:
    assert 20 <= len(topic["why"].split()) <= 80


@EVERY_TOPIC
def test_points_to_this_source(topic: dict[str, Any]) -> None:
    assert topic["here"]
    for place in topic["here"]:
        assert excerpt(place["file"], place["name"]), f"{place['file']} has no {place['name']}."
        assert 12 <= len(place["says"].split()) <= 90
