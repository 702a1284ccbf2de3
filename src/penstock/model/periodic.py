"""Periodic schedules: what makes tasks again and again, and what becomes of each tick. Pure.

A *tick* is a moment at which a schedule is due. Each tick makes one task or, by the schedule's policies, none.
"""

from enum import IntEnum, unique
from hashlib import blake2b
from typing import Final

from msgspec import Struct, structs

from penstock.model.errors import Conflict, InvalidInput
from penstock.model.identity import TaskId, make_ids
from penstock.model.lane import LaneId, Priority
from penstock.model.limits import JITTER_S_MAX, MISFIRE_GRACE_S
from penstock.model.names import check_collection, check_lambda_name, check_schedule_name
from penstock.model.rhythm import Rhythm

GRACE_US: Final = MISFIRE_GRACE_S * 1_000_000
QUEUE_LOOK_US: Final = 5_000_000
"""how often a tick that waits for the task before it is looked at when nobody says that the task has ended"""
TICKS_A_LOOK_MAX: Final = 100
_EXAMINED_MAX: Final = 1_000


@unique
class Misfire(IntEnum):
    """What becomes of ticks that nobody saw in time. The numbers are stored."""

    SKIP = 1
    ONCE = 2
    """of those that were missed in a row, the last one makes its task"""
    ALL = 3


@unique
class Overlap(IntEnum):
    """What becomes of a tick while the task of the one before it has not ended. The numbers are stored."""

    ALLOW = 1
    SKIP = 2
    QUEUE = 3
    """it waits until that task has ended; none is left out, however long the queue grows"""


@unique
class Passed(IntEnum):
    """Why a tick made no task. The numbers are stored."""

    MISSED = 1
    OVERLAP = 2
    BROKEN = 3
    """its cron expression or zone cannot be read by this server"""


class Definition(Struct, frozen=True):
    """What a user says of a schedule."""

    name: str
    lambda_name: str
    rhythm: Rhythm
    payload: bytes = b"{}"
    collection: str = ""
    priority: Priority = Priority.NORMAL
    misfire: Misfire = Misfire.ONCE
    overlap: Overlap = Overlap.ALLOW
    jitter_us: int = 0
    """each tick's task is made up to this much later, by a share that the schedule's name and the tick decide"""

    def check(self) -> "Definition":
        """Itself, tidied; raises `InvalidInput`. The payload is the frontend's to check."""
        check_schedule_name(self.name)
        check_lambda_name(self.lambda_name)
        check_collection(self.collection)
        rhythm = self.rhythm.check()
        longest_us = min(JITTER_S_MAX * 1_000_000, rhythm.interval_us or JITTER_S_MAX * 1_000_000)
        if not 0 <= self.jitter_us <= longest_us:
            raise InvalidInput(
                "jitter",
                f"{self.jitter_us / 1_000_000:g} s are outside of 0 to {longest_us / 1_000_000:g}: a day at most, "
                "and no more than the interval",
            )
        return structs.replace(self, rhythm=rhythm)


class NewSchedule(Struct, frozen=True):
    """A definition with its place in the store and its first tick."""

    definition: Definition
    lane: LaneId
    seed: bytes
    """what its jitter is drawn from"""
    bucket: int
    next_tick_us: int
    look_at_us: int


class Schedule(Struct, frozen=True):
    """A schedule as it stands. Times in microseconds since 1970 by the store's clock, 0 for none."""

    id: int
    namespace_id: int
    definition: Definition
    edition: int
    """rises with every change of the definition, and with every pause and resumption"""
    app: str
    """whose code declares it; "" for one made by a call"""
    paused: bool
    retired: bool
    """its app no longer declares it"""
    next_tick_us: int
    seed: bytes
    last_tick_us: int = 0
    """the last one that made a task"""
    last_task_id: TaskId | None = None
    passed_tick_us: int = 0
    """the last one that made none"""
    passed: Passed | None = None


class DueSchedule(Struct, frozen=True):
    """What decides about the ticks of one schedule that are due."""

    id: int
    edition: int
    rhythm: Rhythm
    misfire: Misfire
    overlap: Overlap
    jitter_us: int
    seed: bytes
    next_tick_us: int
    look_at_us: int
    waiting_since_us: int = 0
    """not 0: since then somebody has seen that its next tick waits for the task before it"""
    last_task_id: TaskId | None = None
    last_task_lives: bool = False
    payload_bytes: int = 0


class Advance(Struct, frozen=True):
    """How a schedule moves on. Holds only if its edition and its next tick are still those that were seen."""

    id: int
    edition: int
    seen_tick_us: int
    ticks_us: tuple[int, ...]
    """each makes its task"""
    next_tick_us: int
    look_at_us: int
    waiting_since_us: int = 0
    passed_tick_us: int = 0
    passed: Passed | None = None
    not_before_us: int = 0
    """when the last of `ticks_us` is due: written earlier than that, by a clock that has gone back, nothing holds"""


def due_us(tick_us: int, seed: bytes, jitter_us: int) -> int:
    """When the task of a tick is made: the same for who ever asks."""
    if not jitter_us:
        return tick_us
    drawn = blake2b(seed + tick_us.to_bytes(8, "big", signed=True), digest_size=8).digest()
    return tick_us + (int.from_bytes(drawn, "big") * jitter_us >> 64)


def task_id_of(schedule_id: int, tick_us: int, now_us: int) -> TaskId:
    """The id of a tick's task, made now."""
    seed = b"tick" + schedule_id.to_bytes(8, "big") + tick_us.to_bytes(8, "big", signed=True)
    return make_ids(now_us // 1000, seed, 1)[0]


def advance(due: DueSchedule, now_us: int) -> Advance:
    """What becomes of the ticks that are due now; raises `InvalidInput` when its rhythm cannot be read here."""
    is_watched = bool(due.waiting_since_us) and now_us - due.look_at_us <= GRACE_US
    seen_since_us = due.waiting_since_us if is_watched else now_us
    missed_before_us = seen_since_us - GRACE_US
    ticks: list[int] = []
    passed_us, passed, not_before_us = 0, None, 0
    tick_us, is_busy = due.next_tick_us, due.last_task_lives
    if due.misfire is not Misfire.ALL:
        newest_us = due.rhythm.newest_tick_us(tick_us, missed_before_us - due.jitter_us - 1)
        if newest_us > tick_us:
            passed_us, passed, tick_us = tick_us, Passed.MISSED, newest_us
    for _ in range(_EXAMINED_MAX):
        if due_us(tick_us, due.seed, due.jitter_us) > now_us or len(ticks) == TICKS_A_LOOK_MAX:
            break
        following_us = due.rhythm.next_tick_us(tick_us)
        if _is_left_out(due, tick_us, following_us, missed_before_us):
            passed_us, passed = tick_us, Passed.MISSED
        elif is_busy and due.overlap is Overlap.SKIP:
            passed_us, passed = tick_us, Passed.OVERLAP
        elif is_busy and due.overlap is Overlap.QUEUE:
            return Advance(
                due.id,
                due.edition,
                due.next_tick_us,
                tuple(ticks),
                tick_us,
                now_us + QUEUE_LOOK_US,
                seen_since_us,
                passed_us,
                passed,
                not_before_us,
            )
        else:
            ticks.append(tick_us)
            not_before_us, is_busy = max(not_before_us, due_us(tick_us, due.seed, due.jitter_us)), True
        tick_us = following_us
    look_at_us = due_us(tick_us, due.seed, due.jitter_us)
    return Advance(
        due.id,
        due.edition,
        due.next_tick_us,
        tuple(ticks),
        tick_us,
        look_at_us,
        0,
        passed_us,
        passed,
        not_before_us,
    )


def stay(due: DueSchedule) -> Advance:
    """No tick, and no move."""
    return Advance(due.id, due.edition, due.next_tick_us, (), due.next_tick_us, due.look_at_us, due.waiting_since_us)


def put_off(move: Advance, now_us: int) -> Advance:
    """For a schedule that this server cannot move on: its tick stands, and is looked at again later."""
    return structs.replace(
        move,
        ticks_us=(),
        next_tick_us=move.seen_tick_us,
        look_at_us=now_us + GRACE_US,
        passed_tick_us=move.seen_tick_us,
        passed=Passed.BROKEN,
        not_before_us=0,
    )


def _is_left_out(due: DueSchedule, tick_us: int, following_us: int, missed_before_us: int) -> bool:
    if due.misfire is Misfire.ALL or due_us(tick_us, due.seed, due.jitter_us) >= missed_before_us:
        return False
    return due.misfire is Misfire.SKIP or due_us(following_us, due.seed, due.jitter_us) < missed_before_us


def check_is_same(standing: Schedule, wanted: Definition) -> None:
    """Raises `Conflict` unless what stands under a name is what a call wants to make."""
    if standing.app:
        raise Conflict(f"name: {wanted.name} is declared by the code of app {standing.app}; take another name", b"")
    if standing.definition != wanted:
        raise Conflict(f"name: {wanted.name} names a schedule with other content; delete it first, or rename this", b"")


def check_is_apps(standing: Schedule, app: str) -> None:
    """Raises `Conflict` unless an app may declare what stands under a name."""
    if standing.app != app:
        owner = f"declared by app {standing.app}" if standing.app else "made by a call"
        name = standing.definition.name
        raise Conflict(
            f"name: schedule {name} is {owner}, not by app {app}; give yours another name=, or delete that one"
            f" (penstock periodic delete {name}; penstock dev without APP serves meanwhile)",
            b"",
        )


def begins_anew(standing: Schedule, declared: Definition) -> bool:
    """Whether the ticks of what stands are other ones from now on."""
    before = standing.definition
    return standing.retired or (before.rhythm, before.jitter_us) != (declared.rhythm, declared.jitter_us)
