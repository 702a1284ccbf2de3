"""A lane's answer is the reason that keeps all of it from running, else how it goes."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from msgspec import structs

from penstock.model.attendance import NOBODY, Attendance
from penstock.model.explanation import Explanation, Why
from penstock.model.gate import Gate
from penstock.model.lane import LambdaId, Priority, lane_of
from penstock.model.lane_count import LaneCount
from penstock.model.lane_explanation import LaneFacts, explain_lane
from penstock.model.lifecycle import GateState

NOW_US = 1_800_000_000_000_000
EMPTY = LaneCount(lane_of(LambdaId(7), Priority.NORMAL), "mail.send", True)
FULL = structs.replace(
    EMPTY, due=5, enqueued=7, suspects=1, later=2, held={"gate": 4}, claimed=1, oldest_due_us=NOW_US - 60_000_000
)
READY, BUSY, SILENT = Attendance(ready=1, credit=3), Attendance(busy=1, busy_s=2), Attendance(silent=1)
PAUSE = Gate(LambdaId(7), "mail.send", "", GateState.PAUSE, 3, NOW_US)
OWN = structs.replace(PAUSE, collection="letters")


def told(*lanes: LaneCount, **facts: Any) -> Explanation:
    usual = LaneFacts("mail.send", True, lanes, (), READY, 0.0, NOW_US)
    return explain_lane(structs.replace(usual, **facts))


def test_whatever_the_facts_there_is_one_answer() -> None:
    for lanes, gates, there, registered, drain in product(
        ((), (EMPTY,), (FULL, EMPTY)),
        ((), (PAUSE,), (OWN,), (OWN, PAUSE)),
        (None, NOBODY, READY, BUSY, SILENT),
        (False, True),
        (0.0, 30.0),
    ):
        answer = told(*lanes, gates=gates, attendance=there, registered=registered, drain_per_s=drain)
        assert answer.sentence.endswith(".")
        assert all(note.endswith(".") for note in answer.notes)
        if not registered:
            assert answer.code is Why.REGISTRATION
        elif PAUSE in gates:
            assert answer.code is Why.GATE
        elif FULL not in lanes:
            assert answer.code is Why.IDLE
        assert any("letters" in note for note in answer.notes) == (OWN in gates), "one of a collection is a note"


@pytest.mark.parametrize(
    ("there", "code"),
    [
        (None, Why.NOT_KNOWN),
        (NOBODY, Why.NO_WORKER),
        (BUSY, Why.BUSY),
        (SILENT, Why.SILENT),
        (READY, Why.NEXT),
    ],
)
def test_what_waits_waits_for_whoever_is_missing(there: Attendance | None, code: Why) -> None:
    assert told(FULL, attendance=there).code is code


def test_how_a_lane_goes_on_is_told_in_numbers() -> None:
    answer = told(FULL, EMPTY, drain_per_s=30.04)
    assert answer.sentence == "It drains: 12 due tasks wait and executors have credit for 3 more tasks."
    assert answer.notes == (
        "12 tasks due, the oldest since 2027-01-15 07:59:00 UTC (1m 0s ago).",
        "It drains 30.0 tasks a second.",
        "Suspects in it that wait for a quarantine executor: 1.",
    )
    quiet = told(structs.replace(EMPTY, later=2, held={"gate": 4}, claimed=1))
    assert quiet.sentence == ("Nothing that is due waits for a worker: 1 at executors, 2 for a time to come, 4 held.")
