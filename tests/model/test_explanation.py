"""Every state in which a task can be has one answer, and it is the one that keeps the task from running."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from msgspec import structs

from penstock.model.attendance import NOBODY, Attendance, together
from penstock.model.explanation import Explanation, TaskFacts, Why, explain, strictest
from penstock.model.family import FamilyCounts
from penstock.model.gate import Gate
from penstock.model.identity import make_ids, text_of
from penstock.model.lane import LambdaId, Priority, lane_of
from penstock.model.lifecycle import HELD_FOR, HELD_FOR_GATE, LIVE, OWNED, TERMINAL, Event, GateState, Status
from penstock.model.limits import LANE_COUNT_MAX
from penstock.model.policy import DEFAULT_POLICY
from penstock.model.spoken import counted, length, moment
from penstock.model.task import Attempt, Failure, Outcome, TaskView, Trigger

NOW_US = 1_800_000_000_000_000
SECOND_US = 1_000_000
[ID] = make_ids(NOW_US // 1000, b"seed", 1)
LANE = lane_of(LambdaId(7), Priority.NORMAL)
READY = Attendance(ready=2, busy=1, credit=30)
BUSY = Attendance(busy=2, silent=1, busy_s=12.0)
SILENT = Attendance(silent=1)
STOPPING = Attendance(stopping=1)
QUARANTINED = Attendance(busy=1, quarantine_ready=1)
ATTENDANCES = (None, NOBODY, READY, BUSY, SILENT, STOPPING, QUARANTINED)
PAUSE = Gate(LambdaId(7), "mail.send", "", GateState.PAUSE, 3, NOW_US - 9 * SECOND_US, 0, "too many\nbounces", "ada")


def view(status: Status = Status.NEW, ahead_s: float = 0.0, **row: Any) -> TaskView:
    """A live task whose next look is so far ahead."""
    trigger = Trigger(ID, LANE, status, NOW_US + round(ahead_s * SECOND_US), **row)
    return TaskView(
        ID, "default", "mail.send", LambdaId(7), Priority.NORMAL, "", status, NOW_US - SECOND_US, trigger=trigger
    )


def ended(status: Status, reason: str = "", failure: Failure | None = None, **more: Any) -> TaskView:
    outcome = Outcome(
        ID, LANE, status, NOW_US - SECOND_US, 5, 1, 20, 3, 50, b"", False, failure or Failure(), "host/1", reason
    )
    return structs.replace(view(), status=status, trigger=None, outcome=outcome, **more)


def told(task: TaskView, **facts: Any) -> Explanation:
    usual = TaskFacts(task, NOW_US, DEFAULT_POLICY, True, None, READY, 0, 0.0, 30 * SECOND_US, "")
    return explain(structs.replace(usual, **facts))


@pytest.mark.parametrize("status", Status)
def test_whatever_the_facts_there_is_one_answer_in_one_sentence(status: Status) -> None:
    for ahead_s, suspect, cancel, held_for, gate, there, older, registered in product(
        (-5.0, 5.0),
        (False, True),
        (False, True),
        ("", *HELD_FOR, "something new"),
        (None, PAUSE),
        ATTENDANCES,
        (0, 1, LANE_COUNT_MAX),
        (False, True),
    ):
        task = ended(status) if status in TERMINAL else view(status, ahead_s, suspect=suspect, held_for=held_for)
        if task.trigger is not None:
            task = structs.replace(task, trigger=structs.replace(task.trigger, cancel_requested=cancel))
        answer = told(task, gate=gate, attendance=there, older=older, registered=registered, periodic="digest")
        assert answer.sentence.endswith((".", "?"))
        assert "\n" not in answer.sentence
        assert all(note.endswith(".") for note in answer.notes)
        assert "It is a tick of the periodic schedule digest." in answer.notes
        if status in TERMINAL:
            assert answer.code is Why.ENDED
        elif cancel:
            assert answer.code is Why.CANCEL_REQUESTED
        elif status in OWNED:
            assert answer.code in {Why.RUNS, Why.CLAIMED, Why.LEASE_OVER}
        elif gate is not None and status is not Status.HELD and (ahead_s < 0 or status is Status.ENQUEUED):
            assert answer.code is Why.GATE
        if answer.code in {Why.NEXT, Why.BEHIND}:
            assert there is not None
            assert there.ready or (suspect and there.quarantine_ready)


@pytest.mark.parametrize("status", sorted(LIVE - OWNED - {Status.HELD, Status.ENQUEUED}))
def test_a_time_to_come_comes_before_all_that_may_have_changed_by_then(status: Status) -> None:
    for there, gate in product(ATTENDANCES, (None, PAUSE)):
        answer = told(view(status, 40), attendance=there, gate=gate)
        assert answer.code is (Why.BACKING_OFF if status is Status.RETRIABLE_FAILURE else Why.LATER)
        assert "(in 40 s)" in answer.sentence
        assert any("a gate stops it" in note for note in answer.notes) == (gate is not None)


def test_who_waits_for_a_time_is_told_now_that_nobody_would_run_it_then() -> None:
    assert "No worker serves mail.send now." in told(view(Status.NEW, 40), attendance=NOBODY).notes
    assert not any("busy" in note for note in told(view(Status.NEW, 40), attendance=BUSY).notes)


@pytest.mark.parametrize("status", [Status.NEW, Status.RETRIABLE_FAILURE, Status.ENQUEUED])
@pytest.mark.parametrize(
    ("there", "code", "words"),
    [
        (None, Why.NOT_KNOWN, "no orchestrator has said"),
        (NOBODY, Why.NO_WORKER, "No worker serves mail.send now."),
        (STOPPING, Why.NO_WORKER, "No worker serves mail.send now; 1 executor of it stopping."),
        (SILENT, Why.SILENT, "have said nothing for seconds"),
        (BUSY, Why.BUSY, "All 2 executors of mail.send are busy: no credit since 2027-01-15 07:59:48 UTC (12 s ago)."),
        (QUARANTINED, Why.BUSY, "The only executor of mail.send is busy"),
        (READY, Why.NEXT, "credit for 30 tasks"),
    ],
)
def test_what_is_due_waits_for_whoever_is_missing(
    status: Status, there: Attendance | None, code: Why, words: str
) -> None:
    answer = told(view(status), attendance=there)
    assert answer.code is code
    assert words in answer.sentence
    assert answer.remedy
    behind = told(view(status), attendance=there, older=312)
    assert behind.code is (Why.BEHIND if code is Why.NEXT else code)
    assert "behind 312 older due tasks of its lane" in " ".join((behind.sentence, *behind.notes))


def test_a_count_that_stopped_says_so() -> None:
    assert "behind 10000 or more older due tasks" in told(view(), older=LANE_COUNT_MAX).sentence
    assert "drains 12.3 tasks a second" in told(view(), older=1, drain_per_s=12.34).notes[0]


@pytest.mark.parametrize(
    ("there", "code"),
    [
        (READY, Why.QUARANTINE),
        (BUSY, Why.QUARANTINE),
        (QUARANTINED, Why.NEXT),
        (structs.replace(READY, quarantine_busy=1), Why.QUARANTINE),
        (NOBODY, Why.NO_WORKER),
        (SILENT, Why.SILENT),
        (None, Why.NOT_KNOWN),
    ],
)
def test_a_suspect_waits_for_quarantine_and_ordinary_credit_is_none(there: Attendance | None, code: Why) -> None:
    assert told(view(Status.ENQUEUED, suspect=True), attendance=there).code is code


def test_a_gate_is_named_with_who_since_when_until_when_and_why() -> None:
    answer = told(view(Status.HELD, 99, held_for=HELD_FOR_GATE), gate=PAUSE)
    assert answer.sentence == (
        "A gate stops it: pause on mail.send since 2027-01-15 07:59:51 UTC (9.0 s ago), by ada, "
        "until somebody opens it: too many bounces."
    )
    assert answer.remedy == "`penstock gate open mail.send` opens it."
    own = structs.replace(PAUSE, collection="two words", until_us=NOW_US + 60 * SECOND_US, who="", reason="")
    answer = told(view(Status.HELD, 99, held_for=HELD_FOR_GATE), gate=own)
    assert "pause on collection two words of mail.send" in answer.sentence
    assert answer.sentence.endswith("until 2027-01-15 08:01:00 UTC (in 1m 0s).")
    assert "--collection 'two words'" in answer.remedy


@pytest.mark.parametrize(
    ("held_for", "gate", "registered", "code"),
    [
        ("gate", PAUSE, True, Why.GATE),
        ("collection gate", PAUSE, True, Why.GATE),
        ("gate", None, True, Why.FREEING),
        ("collection gate", None, True, Why.FREEING),
        ("drop gate", None, True, Why.DROPPING),
        ("drop gate", PAUSE, True, Why.DROPPING),
        ("registration", None, False, Why.REGISTRATION),
        ("registration", PAUSE, False, Why.REGISTRATION),
        ("registration", None, True, Why.FREEING),
        ("parents", None, True, Why.FREEING),
        ("failed parent", None, True, Why.PARENT_FAILED),
        ("something new", None, True, Why.HELD),
    ],
)
def test_what_holds_a_task_is_told(held_for: str, gate: Gate | None, registered: bool, code: Why) -> None:
    answer = told(view(Status.HELD, 99, held_for=held_for), gate=gate, registered=registered, attendance=NOBODY)
    assert answer.code is code


def test_the_first_parent_that_is_waited_for_is_named() -> None:
    [parent] = make_ids(NOW_US // 1000, b"parent", 1)
    waiting = view(Status.HELD, 99, held_for="parents")
    answer = told(waiting, family=FamilyCounts(1_000, 0, 0, 3, parent, Status.PROCESSING))
    assert answer.code is Why.PARENTS
    assert answer.sentence == f"It waits for 3 of 1000 parents, first: {text_of(parent)} (processing)."
    assert f"penstock tasks explain {text_of(parent)}" in answer.remedy
    answer = told(waiting, family=FamilyCounts(1, 0, 0, 1, parent, Status.HELD))
    assert answer.sentence == f"It waits for 1 parent, first: {text_of(parent)} (held)."


def test_what_runs_names_its_executor_its_lease_and_its_last_heartbeat() -> None:
    running = structs.replace(view(Status.PROCESSING, 28), executor="host/1", started_at_us=NOW_US - 3 * SECOND_US)
    answer = told(running)
    assert (answer.code, "host/1 since" in answer.sentence, "(3.0 s ago)" in answer.sentence) == (Why.RUNS, True, True)
    assert "good until 2027-01-15 08:00:28 UTC (in 28 s), and was renewed" in answer.notes[0]
    assert "(2.0 s ago)" in answer.notes[0]
    assert told(view(Status.CLAIMED, 28)).code is Why.CLAIMED
    for status in OWNED:
        assert told(view(status, -1)).code is Why.LEASE_OVER


def test_a_failure_is_told_with_its_attempt_and_the_budget() -> None:
    line = Attempt(ID, 2, Event.RAISED, 5, NOW_US, "host/1", Failure("ValueError", "no\nsuch user"))
    failed = structs.replace(view(Status.RETRIABLE_FAILURE, 4, attempts=2), history=(line,))
    assert told(failed).sentence.startswith("It failed (ValueError: no such user; attempt 2 of 20) and backs off until")
    nameless = structs.replace(line, ending=Event.TIMED_OUT, failure=Failure())
    assert "(timed out; attempt 2 of 20)" in told(structs.replace(failed, history=(nameless,))).sentence
    crashed = view(Status.RETRIABLE_FAILURE, 4, crashes=1)
    assert "attempt 0 of 20, crash 1 of 3" in told(crashed).sentence
    again = structs.replace(view(Status.NEW, attempts=2), history=(line,))
    assert "It was tried before: ValueError: no such user; attempt 2 of 20." in told(again).notes


@pytest.mark.parametrize(
    ("task", "words", "retry"),
    [
        (ended(Status.SUCCESS), "in success", False),
        (ended(Status.FATAL_FAILURE, failure=Failure("Bad", "x" * 999)), "fatal failure (Bad: xxx", True),
        (ended(Status.DEAD, "budget"), "used up after 20 attempts", True),
        (ended(Status.DEAD, "poison"), "crashed 3 times while it ran alone", True),
        (ended(Status.DEAD, "lapses"), "lost 50 times", True),
        (ended(Status.DEAD, "undecodable"), "does not fit its lambda", True),
        (ended(Status.CANCELLED, "cancelled on request"), "cancelled on request", True),
        (ended(Status.DROPPED, "gate"), "dropped by a gate", True),
        (ended(Status.DEAD, "budget", retried_as=ID), "used up", True),
    ],
)
def test_an_end_is_told_with_its_cause(task: TaskView, words: str, retry: bool) -> None:
    answer = told(task)
    assert answer.code is Why.ENDED
    assert words in answer.sentence
    assert bool(answer.remedy) == retry
    assert len(answer.sentence) < 400


def test_the_gate_that_counts_is_the_strictest_in_scope() -> None:
    whole, own = PAUSE, structs.replace(PAUSE, collection="letters", state=GateState.DROP)
    assert strictest([whole, own], "letters") is own
    assert strictest([whole, own], "bills") is whole
    assert strictest([own], "") is None
    assert strictest([structs.replace(own, state=GateState.PAUSE), whole], "letters") is whole


def test_what_orchestrators_say_adds_up() -> None:
    assert together([]) == NOBODY
    both = together([BUSY, structs.replace(BUSY, busy_s=3.0), NOBODY])
    assert (both.busy, both.silent, both.busy_s) == (4, 2, 3.0), "busy since the last of them became so"
    assert together([BUSY, READY]).busy_s == 0.0
    assert together([BUSY, READY]).at_work == 5


@pytest.mark.parametrize(
    ("us", "text"),
    [
        (-5, "0.0 s"),
        (400_000, "0.4 s"),
        (12 * SECOND_US, "12 s"),
        (320 * SECOND_US, "5m 20s"),
        (11_520 * SECOND_US, "3h 12m"),
        (99 * 3_600 * SECOND_US, "4d 3h"),
    ],
)
def test_lengths_of_time(us: int, text: str) -> None:
    assert length(us) == text


def test_moments_and_counts() -> None:
    assert moment(NOW_US, NOW_US) == "2027-01-15 08:00:00 UTC (0.0 s ago)"
    assert [counted(n, 3, "task") for n in range(4)] == ["0 tasks", "1 task", "2 tasks", "3 or more tasks"]
