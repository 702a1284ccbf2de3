"""Times as people write them: `90s`, `1h30m`, `2026-03-01T09:00`, and how they are shown."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from penstock.model.errors import InvalidInput
from penstock.model.limits import HORIZON_S_MAX

_UNITS_S: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0}
_PART: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d|w)")
_WHOLE: Final = re.compile(rf"(?:{_PART.pattern})+")
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def parse_duration_us(text: str, field: str) -> int:
    """A length of time in microseconds: `90`, `90s`, `1h30m`; raises `InvalidInput`."""
    if _NUMBER.fullmatch(text):
        seconds = float(text)
    elif _WHOLE.fullmatch(text):
        seconds = sum(float(number) * _UNITS_S[unit] for number, unit in _PART.findall(text))
    else:
        raise InvalidInput(field, f"{text[:40]!r} is no length of time; write 90s, 15m, 1h30m or 2d")
    if seconds > 1e10:
        raise InvalidInput(field, f"{text[:40]!r} is longer than three centuries")
    return round(seconds * 1_000_000)


def parse_delay_us(text: str) -> int:
    """How long a task shall wait; raises `InvalidInput`."""
    delay_us = parse_duration_us(text, "--delay")
    if delay_us > HORIZON_S_MAX * 1_000_000:
        raise InvalidInput(
            "--delay", f"{text[:40]!r} is longer than {HORIZON_S_MAX // 86_400} days, which is the limit"
        )
    return delay_us


def parse_moment_us(text: str, field: str) -> int:
    """A moment in microseconds since 1970: ISO 8601, local time unless it says otherwise; raises `InvalidInput`."""
    return _moment_us(text, field, "is no moment; write 2026-03-01T09:00 or 2026-03-01T09:00+01:00")


def parse_since_us(text: str, now: datetime, field: str = "--since") -> int:
    """A moment, or how long ago; raises `InvalidInput`."""
    if _NUMBER.fullmatch(text) or _WHOLE.fullmatch(text):
        return max(0, (now - _EPOCH) // timedelta(microseconds=1) - parse_duration_us(text, field))
    hint = "write how long ago, such as 90s, 15m or 2d, or a moment, such as 2026-03-01T09:00"
    return _moment_us(text, field, f"is neither a length of time nor a moment; {hint}")


def _moment_us(text: str, field: str, otherwise: str) -> int:
    try:
        since_us = (datetime.fromisoformat(text).astimezone(UTC) - _EPOCH) // timedelta(microseconds=1)
    except (ValueError, OverflowError, OSError):
        raise InvalidInput(field, f"{text[:40]!r} {otherwise}") from None
    if since_us < 0:
        raise InvalidInput(field, f"{text[:40]!r} is before 1970")
    return since_us


def iso(moment_us: int) -> str | None:
    """UTC with microseconds, for programs; None for no moment."""
    if moment_us <= 0:
        return None
    return (_EPOCH + timedelta(microseconds=moment_us)).isoformat(timespec="microseconds").replace("+00:00", "Z")


def local(moment_us: int) -> str:
    """Local time to the millisecond, for people; "" for no moment."""
    if moment_us <= 0:
        return ""
    moment = (_EPOCH + timedelta(microseconds=moment_us)).astimezone()
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03d}"


def span(duration_us: int) -> str:
    """A length of time at a glance: `340 us`, `12 ms`, `3.4 s`, `5m 20s`, `3h 12m`."""
    if duration_us < 1_000:
        return f"{duration_us} us"
    if duration_us < 1_000_000:
        return f"{duration_us / 1_000:.3g} ms"
    seconds = duration_us / 1_000_000
    if seconds < 60:
        return f"{seconds:.3g} s"
    minutes, rest = divmod(int(seconds), 60)
    if minutes < 60:
        return f"{minutes}m {rest}s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h {minutes}m" if hours < 48 else f"{hours // 24}d {hours % 24}h"
