"""A rubric as it is stored: what rubric.toml says, each Markdown text with its HTML beside it."""

from typing import Any

from greenroom.bank import markdown
from greenroom.bank.manifest import RubricManifest

_LINES = {
    "key_points": ("claim", "why"),
    "misconceptions": ("wrong", "correction"),
    "follow_ups": ("prompt", "good"),
}


def rendered(manifest: RubricManifest) -> dict[str, Any]:
    """Return the rubric with `claim_html` beside `claim` and so on."""
    rubric = manifest.model_dump()
    rubric["model_answer_html"] = str(markdown.render(manifest.model_answer))
    for part, fields in _LINES.items():
        for item in rubric[part]:
            item.update({f"{name}_html": str(markdown.render_line(item[name])) for name in fields})
    return rubric
