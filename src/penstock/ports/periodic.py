"""Periodic schedules in the store: as people and apps see them, and as the scheduler does."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from penstock.model.identity import TaskId
from penstock.model.lane import LambdaId, LaneId
from penstock.model.periodic import Advance, DueSchedule, NewSchedule, Schedule
from penstock.ports.due_work import BucketShare


class TickMade(Struct, frozen=True):
    """A tick and the task it made."""

    tick_us: int
    task_id: TaskId


class DueSchedules(Struct, frozen=True):
    """One look at what is due."""

    schedules: list[DueSchedule]
    """the longest due first"""
    next_look_us: int | None
    """when the next one of those that are not due yet will be"""
    now_us: int
    """the store's clock at this look"""


class Advanced(Struct, frozen=True):
    """What was written."""

    moved: frozenset[int]
    """the schedules that stood as they were seen"""
    lanes: frozenset[LaneId]
    """where tasks were made that are due now"""
    now_us: int


class Schedules(Protocol):
    """Schedules by name within a namespace. Duties:

    - A schedule made by a call and one that an app declares never replace each other: `Conflict`.
    - What is repeated changes nothing: `create` and `declare` of what stands leave its ticks as they are.
    - Every change raises the edition, so that a scheduler that saw the schedule before it writes nothing.
    """

    async def create(self, namespace_id: int, new: NewSchedule) -> Schedule:
        """A schedule of its own; one that stands with the same definition is the answer.

        Raises `Conflict` when the name stands for another definition, or for an app's.
        """

    async def declare(self, namespace_id: int, app: str, schedules: Sequence[NewSchedule]) -> list[str]:
        """All schedules of an app, in one transaction; answers the names of those it retired.

        New ones are made; one whose rhythm or jitter has changed begins anew at its `next_tick_us`; of one that was
        retired and is declared again the same holds. What the app declared before and no longer does is retired.
        A pause stands. Raises `Conflict` when a name is another's, and then has changed nothing.
        """

    async def find(self, namespace_id: int, name: str) -> Schedule | None:
        """By its name; None: there is none."""

    async def page(self, namespace_id: int, lambda_id: LambdaId | None, after: str, limit: int) -> list[Schedule]:
        """By rising name, beginning after `after`; of one lambda, or of all. Payloads are left out."""

    async def delete(self, namespace_id: int, name: str) -> bool:
        """Its tasks stay. False: there was none."""

    async def pause(self, namespace_id: int, name: str) -> Schedule | None:
        """No tick makes a task from now on. None: there is none."""

    async def resume(self, seen: Schedule, next_tick_us: int, look_at_us: int) -> Schedule | None:
        """Ticks from `next_tick_us` on make tasks again. None: it no longer stands as it was seen."""

    async def ticks(self, schedule_id: int, limit: int) -> list[TickMade]:
        """The last ticks that made a task, the newest first, as far back as histories are kept."""

    async def made(self, task_id: TaskId) -> str:
        """The name of the schedule whose tick the task is, or is a retry of; "" for none."""

    async def backfill(self, schedule: Schedule, lane: LaneId, ticks: Sequence[TickMade]) -> list[TickMade]:
        """Make the tasks of past ticks in this lane, but for ticks that have made theirs, or are still to come by
        the store's clock; answers those it made.

        One transaction. Raises `NotFound` when the schedule is gone.
        """


class Ticks(Protocol):
    """What the scheduler asks. All times are the store's clock. Duties of `advance`, in one transaction:

    - A schedule moves only if it stands as it was seen (edition, next tick, neither paused nor retired), and not
      before `not_before_us`: the clock may have gone back since the look.
    - Each of its ticks that never made a task makes one: `scheduled_at` is the tick, it is due now, in the order of
      the ticks; held for its registration while no worker has registered its lambda.
    - A tick makes a task once in the life of its schedule, whatever clocks and calls do: also not when a backfill
      came first, or when the clock went back.
    """

    async def due(self, buckets: BucketShare, limit: int) -> DueSchedules:
        """Up to `limit` schedules of these buckets whose `look_at` has come."""

    async def advance(self, advances: Sequence[Advance], now_us: int) -> Advanced:
        """Write the tasks of ticks and move their schedules on; `now_us`: the look's, for the tasks' ids.

        Raises `Unavailable`: it may have committed.
        """

    async def look_now(self, schedule_ids: Sequence[int]) -> None:
        """What waits for the task before it is due for a look now."""
