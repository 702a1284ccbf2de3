"""What a subject of a subscription waits for, in words."""

from __future__ import annotations

import pytest
from msgspec import structs

from penstock.model.attendance import Attendance
from penstock.model.cursor_words import Before, CursorSight, reason_of
from penstock.model.cursors import KeptLetter, StandingRow
from penstock.model.delivery_row import DeliveryRow, EventLetter
from penstock.model.event import StoredEvent, StreamId
from penstock.model.gate import Gate
from penstock.model.identity import TaskId
from penstock.model.lane import LambdaId, LaneId
from penstock.model.lifecycle import HELD_FOR_DEAD_EVENT, HELD_FOR_GATE, GateState, Status
from penstock.model.task import Failure, Trigger

NOW_US = 1_800_000_000_000_000
EVENT = StoredEvent("a", bytes(16), 6, 1, "changed", b"")
LETTER = KeptLetter(EventLetter(EVENT, 5, 0, True, "budget", Failure("ValueError", "no")), 1)
GATE = Gate(LambdaId(1), "app.search", "", GateState.PAUSE, 3, reason="a deploy", who="ada")


def standing(status: Status, **trigger: object) -> StandingRow:
    row = Trigger(TaskId(bytes(16)), LaneId(6), status, NOW_US + 30_000_000)
    row = structs.replace(row, **trigger)
    return StandingRow(DeliveryRow(row, 1, StreamId(1), "a", bytes(16), 5, 9), 1)


def sight(row: StandingRow | None, **more: object) -> CursorSight:
    return structs.replace(CursorSight(row, 5, 9, NOW_US), **more)


SAID = [
    (sight(None, source_head=0), "its source has no event of it"),
    (sight(None, cursor=9), "complete up to 9, the last event that its source has"),
    (sight(None), "nobody has heard that its source has 9; refresh finds it"),
    (sight(standing(Status.IDLE)), "nobody has heard that its source has 9; refresh finds it"),
    (
        sight(standing(Status.IDLE), before=[Before("app.first", 5, False), Before("app.other", 7, False)]),
        "waits for app.first, which has completed 5",
    ),
    (
        sight(None, cursor=0, before=[Before("app.first", 0, True)]),
        "waits for app.first, which has completed nothing of it, and is held by a gate",
    ),
    (sight(standing(Status.PROCESSING, executor="host/1")), "runs on host/1"),
    (sight(standing(Status.CLAIMED)), "was handed to an executor, and starts"),
    (
        sight(standing(Status.HELD, held_for=HELD_FOR_DEAD_EVENT), letter=LETTER),
        "blocked by event 6, dead after 5 attempts (ValueError: no); redrive or skip it",
    ),
    (
        sight(standing(Status.HELD, held_for=HELD_FOR_DEAD_EVENT), gate=GATE),
        "blocked by a dead event; redrive or skip it",
    ),
    (sight(standing(Status.HELD, held_for=HELD_FOR_GATE), gate=GATE), "held by a gate of ada: a deploy"),
    (sight(standing(Status.HELD, held_for=HELD_FOR_GATE)), "held by a gate"),
    (sight(standing(Status.RETRIABLE_FAILURE, attempts=2)), "backs off for 30 s more, after 2 attempts"),
    (sight(standing(Status.RETRIABLE_FAILURE)), "backs off for 30 s more, after a failure of its batch"),
    (sight(standing(Status.ENQUEUED), attendance=Attendance()), "waits in its lane, and no worker takes it"),
    (sight(standing(Status.ENQUEUED), attendance=Attendance(busy=1)), "waits for its turn in its lane"),
    (sight(standing(Status.NEW)), "waits for its turn in its lane"),
]


@pytest.mark.parametrize(("seen", "said"), SAID, ids=[said[:40] for _, said in SAID])
def test_a_subject_says_what_it_waits_for(seen: CursorSight, said: str) -> None:
    assert reason_of(seen) == said
