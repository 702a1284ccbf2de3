"""Why a subject of a subscription is where it is, in words."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from penstock.model.attendance import Attendance
from penstock.model.cursors import KeptLetter, StandingRow
from penstock.model.gate import Gate
from penstock.model.lag import Lag
from penstock.model.lifecycle import HELD_FOR_DEAD_EVENT, HELD_FOR_GATES, HELD_FOR_REPLAY, OWNED, Status
from penstock.model.spoken import length, times
from penstock.model.task import Trigger

_HANDED: Final = "was handed to an executor, and starts"


class Before(Struct, frozen=True):
    """One that goes first, and what it has completed of the subject."""

    subscription: str
    cursor: int
    is_gated: bool


class CursorSight(Struct, frozen=True):
    """All that is looked at to explain one subject of one subscription."""

    row: StandingRow | None
    """None: nobody has made it"""
    cursor: int
    """of a row that is missing: where it would begin"""
    source_head: int
    """what its source has; 0: nothing"""
    now_us: int
    before: Sequence[Before] = ()
    gate: Gate | None = None
    attendance: Attendance | None = None
    """None: it is not known who serves it"""
    letter: KeptLetter | None = None
    """the dead event that blocks it"""


def reason_of(sight: CursorSight) -> str:
    """One sentence without its full stop: what it waits for, or that it is complete."""
    if not sight.source_head:
        return "its source has no event of it"
    if sight.cursor >= sight.source_head:
        return f"complete up to {sight.cursor}, the last event that its source has"
    if sight.row is None or sight.row.row.trigger.status is Status.IDLE:
        return _unheard(sight)
    return _moving(sight, sight.row)


def short_reason_of(lag: Lag) -> str:
    """The same for one of many, from what a comparison sees."""
    row = lag.row
    if row.held_for == HELD_FOR_DEAD_EVENT:
        return "a dead event"
    if row.held_for:
        return f"held: {row.held_for}"
    if lag.reach <= lag.cursor:
        return "those that go first"
    if row.is_missing or row.status is Status.IDLE:
        return "refresh: nobody has heard of it"
    if row.status is Status.RETRIABLE_FAILURE:
        return (
            f"its backoff, after {times(row.attempts, 'attempt')}" if row.attempts else "its backoff, after a failure"
        )
    return "its end: it runs" if row.status in OWNED else "its turn"


def _unheard(sight: CursorSight) -> str:
    waited_for = [each for each in sight.before if each.cursor <= sight.cursor]
    if waited_for:
        return "waits for " + " and ".join(_predecessor(each) for each in waited_for)
    return f"nobody has heard that its source has {sight.source_head}; refresh finds it"


def _predecessor(each: Before) -> str:
    done = f"which has completed {each.cursor}" if each.cursor else "which has completed nothing of it"
    return f"{each.subscription}, {done}" + (", and is held by a gate" if each.is_gated else "")


def _moving(sight: CursorSight, standing: StandingRow) -> str:
    trigger = standing.row.trigger
    if trigger.status in OWNED:
        return _running(sight, trigger) if trigger.status is Status.PROCESSING else _HANDED
    if trigger.held_for == HELD_FOR_DEAD_EVENT:
        return _dead(sight)
    if trigger.held_for in HELD_FOR_GATES or sight.gate is not None:
        return "held by a gate" + _who(sight.gate)
    if trigger.held_for == HELD_FOR_REPLAY:
        return "waits for a replay of its subject, which runs"
    if trigger.status is Status.HELD:
        return f"held: {trigger.held_for}"
    if trigger.status is Status.RETRIABLE_FAILURE:
        left_s = max(0, trigger.trigger_at_us - sight.now_us) / 1_000_000
        tries = times(trigger.attempts, "attempt") if trigger.attempts else "a failure of its batch"
        return f"backs off for {left_s:.0f} s more, after {tries}"
    if sight.attendance is not None and not sight.attendance.at_work:
        return "waits in its lane, and no worker takes it"
    return "waits for its turn in its lane"


def _running(sight: CursorSight, trigger: Trigger) -> str:
    where = f" on {trigger.executor}" if trigger.executor else ""
    since = f" for {length(sight.now_us - trigger.started_at_us)}" if trigger.started_at_us else ""
    return f"runs{where}{since}"


def _dead(sight: CursorSight) -> str:
    if sight.letter is None:
        return "blocked by a dead event; redrive or skip it"
    letter = sight.letter.letter
    why = f"{letter.failure.type}: {letter.failure.message}" if letter.failure.type else letter.reason
    is_crash = letter.crashes >= letter.attempts
    tries = times(letter.crashes, "crash", "crashes") if is_crash else times(letter.attempts, "attempt")
    return f"blocked by event {letter.event.sequence}, dead after {tries} ({why}); redrive or skip it"


def _who(gate: Gate | None) -> str:
    if gate is None:
        return ""
    return "".join([f" of {gate.who}" if gate.who else "", f": {gate.reason}" if gate.reason else ""])
