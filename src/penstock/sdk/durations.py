"""Durations and points in time as users give them."""

import math
from datetime import UTC, datetime, timedelta
from typing import Final

from penstock.model.errors import InvalidInput

Duration = timedelta | float
"""A `timedelta` or a number of seconds."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def seconds_of(field: str, duration: Duration, longest_s: float) -> float:
    """The duration in seconds, 0 to `longest_s`; raises `InvalidInput` naming the field."""
    if isinstance(duration, bool) or not isinstance(duration, timedelta | int | float):
        raise InvalidInput(field, f"{duration!r} is neither a timedelta nor a number of seconds")
    seconds = duration.total_seconds() if isinstance(duration, timedelta) else float(duration)
    if not math.isfinite(seconds) or not 0 <= seconds <= longest_s:
        raise InvalidInput(field, f"{seconds:g} seconds are outside of 0 to {longest_s:g}")
    return seconds


def microseconds_since_1970(field: str, moment: datetime) -> int:
    """The exact microsecond; raises `InvalidInput` for a datetime without a timezone or before 1970."""
    if not isinstance(moment, datetime):
        raise InvalidInput(field, f"{moment!r} is not a datetime")
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise InvalidInput(field, f"{moment} has no timezone; give it one, such as datetime.now(UTC)")
    since = (moment - _EPOCH) // _MICROSECOND
    if since < 0:
        raise InvalidInput(field, f"{moment} is before 1970")
    return since


def moment_of(since_1970_us: int) -> datetime | None:
    """The moment in UTC; None for 0, which stands for none."""
    return _EPOCH + _MICROSECOND * since_1970_us if since_1970_us else None
