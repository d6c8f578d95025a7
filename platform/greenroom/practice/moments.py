"""When something was, in words that hold in every time zone. Pure."""

from datetime import UTC, datetime, timedelta

from greenroom.web.text import plural

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_MONTH = timedelta(days=30)


def ago(moment: datetime, now: datetime) -> str:
    """Return how long before `now` a moment was; after a month, its date (UTC)."""
    passed = now - moment
    if passed < _MINUTE:
        return "just now"
    if passed < _HOUR:
        return f"{plural(passed // _MINUTE, 'minute')} ago"
    if passed < _DAY:
        return f"{plural(passed // _HOUR, 'hour')} ago"
    if passed < _MONTH:
        return f"{plural(passed // _DAY, 'day')} ago"
    return date(moment.astimezone(UTC))


def date(moment: datetime) -> str:
    """Return a moment's date: `9 November 2026`."""
    return f"{moment.day} {moment:%B %Y}"
