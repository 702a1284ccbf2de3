"""What callers ask of periodic schedules and what they are answered, in the shape of the wire but free of it."""

from collections.abc import Sequence

from msgspec import Struct

from penstock.model.periodic import Schedule
from penstock.ports.periodic import TickMade


class Created(Struct, frozen=True):
    """A schedule that stands."""

    schedule: Schedule
    warnings: list[str]


class ScheduleView(Struct, frozen=True):
    """All about one schedule."""

    schedule: Schedule
    ticks: list[TickMade]
    """the last ones that made a task, the newest first"""


class ScheduleList(Struct, frozen=True):
    """One ListPeriodic call. An empty lambda does not filter."""

    namespace: str
    lambda_name: str = ""
    page_size: int = 0
    page_token: str = ""


class SchedulePage(Struct, frozen=True):
    """One page, by name. `next_page_token` is "" on the last."""

    schedules: Sequence[Schedule]
    next_page_token: str


class Backfilled(Struct, frozen=True):
    """What became of a backfill."""

    made: int
    stood: int
    """ticks that had made their task before"""
