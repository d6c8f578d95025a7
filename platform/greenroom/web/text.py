"""Text that a page shows: hostile output made visible, and numbers in the words a person would use.

What an answer prints may hold anything. Escaping HTML is Jinja's part; here, whatever could hide,
reorder or move text on the page (control characters, ANSI sequences, bidirectional marks, lone
surrogates) becomes an escape that can be seen, and no line or text is so long that a browser
stalls on it.
"""

import re
from collections.abc import Sequence

MAX_LINE = 2_000
MAX_LINES = 400
MAX_CHARACTERS = 64_000

# Tab and line feed stay. Included: C0 and C1 controls, soft hyphen, zero-width and bidi marks, line
# and paragraph separators, invisible operators, surrogates, byte order mark, interlinear marks and
# tag characters.
_HIDING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


_LATIN_1, _BASIC_PLANE = 0xFF, 0xFFFF
_MS_A_SECOND = 1000


def visible(value: object) -> str:
    r"""Return `value` as text in which nothing hides: NUL becomes `\x00`."""
    text = str(value)
    left_out = len(text) - MAX_CHARACTERS
    if left_out > 0:
        text = text[:MAX_CHARACTERS]
    lines = _HIDING.sub(_escape, text.replace("\r\n", "\n")).split("\n")
    shown = [_cut(line) for line in lines[:MAX_LINES]]
    if len(lines) > MAX_LINES:
        shown.append(f"[{plural(len(lines) - MAX_LINES, 'more line')} not shown]")
    if left_out > 0:
        shown.append(f"[{plural(left_out, 'more character')} not shown]")
    return "\n".join(shown)


def visible_line(value: object) -> str:
    r"""Return `value` on one line; a line break is written out as `\n`."""
    return visible(str(value).replace("\r\n", "\n").replace("\n", "\\n"))


def _escape(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code <= _LATIN_1:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= _BASIC_PLANE else f"\\U{code:08x}"


def _cut(line: str) -> str:
    if len(line) <= MAX_LINE:
        return line
    return f"{line[:MAX_LINE]} [{plural(len(line) - MAX_LINE, 'more character')} not shown]"


def plural(count: int, word: str) -> str:
    """Return `1 check`, `2 checks`, `1,200 checks`."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


def milliseconds(ms: float | None) -> str:
    """Return a short time: `0.4 ms`, `38 ms`, `1.24 s`; nothing where it is unknown."""
    if ms is None:
        return ""
    if ms >= _MS_A_SECOND:
        return seconds(ms)
    return f"{ms:.0f} ms" if ms >= 1 else f"{ms:.1f} ms"


def seconds(ms: float | None) -> str:
    """Return a time in seconds with two places, as verdicts show it."""
    return "" if ms is None else f"{ms / _MS_A_SECOND:.2f} s"


def mebibytes(kib: int | None) -> str:
    """Return an amount of memory, given in KiB."""
    return "" if kib is None else f"{max(1, round(kib / 1024))} MiB"


def initials(name: str) -> str:
    """Return one or two letters for a name or an e-mail address."""
    words = re.findall(r"[^\W\d_]+", name.split("@", maxsplit=1)[0])
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


def strip_sentence(states: Sequence[str]) -> str:
    """Return what a tick strip says: `4 of 9 checks passed, 1 failed, 1 running`."""
    if not states:
        return "No checks yet"
    words = [f"{states.count('passed')} of {plural(len(states), 'check')} passed"]
    others = [state for state in ("failed", "running") if state in states]
    words += [f"{states.count(state)} {state}" for state in others]
    return ", ".join(words)
