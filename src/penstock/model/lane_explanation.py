"""Why the tasks of a lane, or of a whole lambda, are not running: the same rules, over counts."""

from collections.abc import Sequence

from msgspec import Struct

from penstock.model.attendance import Attendance
from penstock.model.explanation import Explanation, Why, gated, over_quota, strictest, unattended, unregistered
from penstock.model.gate import WHOLE, Gate
from penstock.model.lane_count import LaneCount
from penstock.model.limits import LANE_COUNT_MAX
from penstock.model.quota import Quota
from penstock.model.spoken import counted, moment


class LaneFacts(Struct, frozen=True):
    """One lane of a lambda, or all of them."""

    lambda_name: str
    registered: bool
    lanes: Sequence[LaneCount]
    gates: Sequence[Gate]
    """on the lambda and on its collections"""
    attendance: Attendance | None
    drain_per_s: float
    now_us: int
    short_of: Quota | None = None
    """the quota that keeps one of the lanes waiting now"""


def explain_lane(facts: LaneFacts) -> Explanation:
    """The first reason that keeps all of it from running; else how it goes."""
    waiting = sum(lane.waiting for lane in facts.lanes)
    held = sum(count for lane in facts.lanes for count in lane.held.values())
    whole = strictest(facts.gates, WHOLE)
    if not facts.registered:
        answer = unregistered(facts.lambda_name)
    elif whole is not None:
        answer = gated(whole, facts.now_us)
    elif not waiting:
        answer = _nothing_waits(facts, held)
    else:
        answer = unattended(facts.lambda_name, facts.attendance, facts.now_us) or _under_quota(facts, waiting)
    return Explanation(answer.code, answer.sentence, answer.remedy, (*answer.notes, *_notes(facts, waiting, whole)))


def _nothing_waits(facts: LaneFacts, held: int) -> Explanation:
    running = sum(lane.running for lane in facts.lanes)
    later = sum(lane.later + lane.backing_off for lane in facts.lanes)
    told = [f"{running} at executors", f"{later} for a time to come", f"{held} held"]
    return Explanation(Why.IDLE, f"Nothing that is due waits for a worker: {', '.join(told)}.")


def _under_quota(facts: LaneFacts, waiting: int) -> Explanation:
    return _goes_on(facts, waiting) if facts.short_of is None else over_quota(facts.short_of, facts.now_us)


def _goes_on(facts: LaneFacts, waiting: int) -> Explanation:
    credit = facts.attendance.credit if facts.attendance is not None else 0
    waits = counted(waiting, LANE_COUNT_MAX, "due task")
    free = counted(credit, credit + 1, "more task")
    return Explanation(Why.NEXT, f"It drains: {waits} wait and executors have credit for {free}.")


def _notes(facts: LaneFacts, waiting: int, whole: Gate | None) -> list[str]:
    notes = []
    oldest_us = min((lane.oldest_due_us for lane in facts.lanes if lane.oldest_due_us), default=0)
    if waiting and oldest_us:
        notes.append(
            f"{counted(waiting, LANE_COUNT_MAX, 'task')} due, the oldest since {moment(oldest_us, facts.now_us)}."
        )
    if facts.drain_per_s:
        notes.append(f"It drains {facts.drain_per_s:.1f} tasks a second.")
    notes += [gated(gate, facts.now_us).sentence for gate in facts.gates if gate is not whole]
    suspects = sum(lane.suspects for lane in facts.lanes)
    there = facts.attendance
    if suspects and there is not None and not there.quarantine_ready:
        notes.append(f"Suspects in it that wait for a quarantine executor: {suspects}.")
    return notes
