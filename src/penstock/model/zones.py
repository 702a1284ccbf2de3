"""Time zones by their IANA names: what moments a wall clock's reading stands for."""

from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from penstock.model.errors import InvalidInput
from penstock.model.limits import ZONE_CHARS_MAX

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_NO_PLACES: Final = ("localtime", "posixrules", "posix/", "right/", "Factory")
"""files beside the zones that are none: they depend on the machine, or count leap seconds"""
_TURN: Final = timedelta(hours=3)
"""no wall clock is set forwards or back by more"""


@lru_cache(maxsize=1024)
def zone_of(name: str, field: str = "tz") -> tzinfo:
    """The zone of that name; raises `InvalidInput`. UTC is known also where no zones are installed."""
    if name == "UTC":
        return UTC
    if not 0 < len(name) <= ZONE_CHARS_MAX:
        raise InvalidInput(field, f"{name!r:.60} is no time zone; write an IANA name such as Europe/Berlin or UTC")
    try:
        zone = ZoneInfo(name)
    except (ValueError, OSError):  # by what is wrong with the name
        pass
    except KeyError:
        if not available_timezones():
            raise InvalidInput(
                field, f"{name!r} cannot be looked up: this machine has no time zones; install the package tzdata"
            ) from None
    else:
        if not name.startswith(_NO_PLACES):
            return zone
    raise InvalidInput(field, f"{name!r} is no time zone; write an IANA name such as Europe/Berlin or UTC")


def moment_us(at: datetime) -> int:
    """Microseconds since 1970 of a moment that knows its zone."""
    return (at - _EPOCH) // _MICROSECOND


def wall_time(at_us: int, zone: tzinfo) -> datetime:
    """What a wall clock there shows, without its zone."""
    return (_EPOCH + timedelta(microseconds=at_us)).astimezone(zone).replace(tzinfo=None)


def is_near_a_turn(at_us: int, zone: tzinfo) -> bool:
    """Whether the wall clock there is set forwards or back within three hours of it."""
    at = _EPOCH + timedelta(microseconds=at_us)
    return (at - _TURN).astimezone(zone).utcoffset() != (at + _TURN).astimezone(zone).utcoffset()


def moments_us(wall: datetime, zone: tzinfo) -> tuple[int, ...]:
    """When a wall clock there shows this: once, twice while it is set back, never while it is set forwards."""
    first = moment_us(wall.replace(tzinfo=zone, fold=0))
    second = moment_us(wall.replace(tzinfo=zone, fold=1))
    if first == second:
        return (first,)
    return (first, second) if first < second else ()


def end_of_gap_us(wall: datetime, zone: tzinfo) -> int:
    """The moment at which a wall clock there is set forwards past this, which it never shows."""
    before = moment_us(wall.replace(tzinfo=zone, fold=1)) // 1_000_000
    after = moment_us(wall.replace(tzinfo=zone, fold=0)) // 1_000_000
    old = _offset(before, zone)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset(middle, zone) == old:
            before = middle
        else:
            after = middle
    return after * 1_000_000


def _offset(at_s: int, zone: tzinfo) -> timedelta | None:
    return (_EPOCH + timedelta(seconds=at_s)).astimezone(zone).utcoffset()
