"""Cron expressions: five fields, in the wall time of a zone.

An hour field of `*` follows real time: while the clock is set forwards nothing is due that it does not show, and
what it shows twice is due twice. With any other hour field a time that the clock leaps over is due once, right
after the leap, and one that it shows twice is due once, the first time. docs/decisions/0018 has the table.
"""

from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final

from cronsim import CronSim, CronSimError

from penstock.model.errors import InvalidInput, LimitExceeded
from penstock.model.limits import CRON_CHARS_MAX
from penstock.model.zones import end_of_gap_us, is_near_a_turn, moments_us, wall_time, zone_of

_FIELDS: Final = {
    "minute": "0 to 59",
    "hour": "0 to 23",
    "day-of-month": "1 to 31, or L for the last",
    "month": "1 to 12 or JAN to DEC",
    "day-of-week": "0 to 7 (0 and 7 are Sunday) or SUN to SAT",
}
_EXAMPLE: Final = "write minute, hour, day of month, month and day of week, such as '0 9 * * MON-FRI'"
_HOURS: Final = 24
_SOME_DAY: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - a wall clock's, in no zone
_BACK: Final = timedelta(hours=3)


def check_cron(text: str, field: str = "cron") -> str:
    """The expression with single spaces; raises `InvalidInput` for one that is none, or is never due."""
    if not isinstance(text, str):
        raise InvalidInput(field, f"{text!r:.60} is not text; {_EXAMPLE}")
    if len(text) > CRON_CHARS_MAX:
        raise LimitExceeded(field, f"has {len(text)} characters; the limit is {CRON_CHARS_MAX}")
    parts = text.split()
    if len(parts) != len(_FIELDS):
        raise InvalidInput(field, f"{text[:60]!r} has {len(parts)} fields and not five; {_EXAMPLE}")
    for (name, allowed), part in zip(_FIELDS.items(), parts, strict=True):
        _check_part(field, name, allowed, part)
    expression = " ".join(parts)
    if _next_wall_time(expression, _SOME_DAY) is None:
        raise InvalidInput(field, f"{expression!r} is never due: no month that it names has that day")
    return expression


@lru_cache(maxsize=16_384)
def next_due_us(expression: str, zone_name: str, after_us: int) -> int | None:
    """The first moment after `after_us` at which a checked expression is due; None: in fifty years none.

    Cached, because many schedules share an expression and a moment.
    """
    zone = zone_of(zone_name)
    start = wall_time(after_us, zone)
    if is_near_a_turn(after_us, zone):  # what was shown lately may be shown again
        start -= _BACK
    found: int | None = None
    walls = CronSim(expression, start)
    follows_real_time = len(walls.hours) == _HOURS
    for wall in walls:
        if found is not None and wall > wall_time(found, zone) + _BACK:
            return found
        later = [at_us for at_us in _due_us(wall, zone, follows_real_time) if at_us > after_us]
        found = min([*later, found] if found is not None else later, default=None)
        if found is not None and not is_near_a_turn(found, zone):
            return found
    return found


def _due_us(wall: datetime, zone: tzinfo, follows_real_time: bool) -> tuple[int, ...]:
    moments = moments_us(wall, zone)
    if follows_real_time:
        return moments
    return moments[:1] or (end_of_gap_us(wall, zone),)


def _check_part(field: str, name: str, allowed: str, part: str) -> None:
    parts = dict.fromkeys(_FIELDS, "*") | {name: part}
    try:
        CronSim(" ".join(parts.values()), _SOME_DAY)
    except (CronSimError, ValueError):
        raise InvalidInput(field, f"{part[:40]!r} is no {name}; it is {allowed}, with * , - / in between") from None


def _next_wall_time(expression: str, after: datetime) -> datetime | None:
    try:
        return next(CronSim(expression, after), None)
    except CronSimError:  # it sees by itself that no month has such a day
        return None
