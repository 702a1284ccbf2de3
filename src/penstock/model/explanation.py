"""Why a task is not running: facts in, a code, one sentence and a remedy out.

The first reason that alone keeps the task from running is the answer; what else is known is a note.
"""

from collections.abc import Sequence
from enum import StrEnum, unique
from shlex import quote

from msgspec import Struct

from penstock.model.attendance import Attendance
from penstock.model.family import NO_FAMILY, FamilyCounts, failed_parent
from penstock.model.gate import Gate
from penstock.model.identity import TaskId, text_of
from penstock.model.lane import Priority
from penstock.model.lifecycle import (
    HELD_FOR_DROP,
    HELD_FOR_FAILED_PARENT,
    HELD_FOR_GATES,
    HELD_FOR_PARENTS,
    HELD_FOR_REGISTRATION,
    OWNED,
    Status,
)
from penstock.model.limits import LANE_COUNT_MAX
from penstock.model.policy import LambdaPolicy
from penstock.model.quota import Quota
from penstock.model.spoken import counted, length, moment
from penstock.model.task import TaskView, Trigger
from penstock.model.told_end import how_it_ended, last_failure


@unique
class Why(StrEnum):
    """What keeps a task, or a lane, from running. Programs read these: a word stays what it is."""

    ENDED = "ended"
    RUNS = "runs"
    CLAIMED = "claimed"
    LEASE_OVER = "lease_over"
    """owned, and its executor was not heard of until the lease ended"""
    CANCEL_REQUESTED = "cancel_requested"
    GATE = "gate"
    FREEING = "freeing"
    """what held it does no longer; it is moved on in due order"""
    DROPPING = "dropping"
    REGISTRATION = "registration"
    PARENTS = "parents"
    """a parent has not ended"""
    PARENT_FAILED = "parent_failed"
    """a parent failed: it is cancelled in a moment"""
    HELD = "held"
    LATER = "later"
    BACKING_OFF = "backing_off"
    NOT_KNOWN = "not_known"
    """nobody has said who serves the lambda"""
    NO_WORKER = "no_worker"
    SILENT = "silent"
    QUARANTINE = "quarantine"
    BUSY = "busy"
    BEHIND = "behind"
    NEXT = "next"
    """nothing stands in its way"""
    IDLE = "idle"
    """of a lane: nothing waits in it"""
    OVER_QUOTA = "over_quota"
    ENDPOINT = "endpoint"
    """its lambda is an HTTP endpoint that takes nothing now"""


class Explanation(Struct, frozen=True):
    """What is told. `remedy`: what to do, "" for nothing."""

    code: Why
    sentence: str
    remedy: str = ""
    notes: tuple[str, ...] = ()


class TaskFacts(Struct, frozen=True):
    """All that the answer is made of. `now_us`: the store's clock."""

    view: TaskView
    now_us: int
    policy: LambdaPolicy
    registered: bool
    gate: Gate | None
    """the strictest that stands in its way, or will when it is due"""
    attendance: Attendance | None
    """None: no orchestrator has been heard of"""
    older: int
    """due tasks of its lane in the store that go before it, counted up to `LANE_COUNT_MAX`"""
    drain_per_s: float
    lease_us: int
    periodic: str
    """the schedule whose tick it is, "" for none"""
    short_of: Quota | None = None
    """the quota that keeps its lane waiting now"""
    family: FamilyCounts = NO_FAMILY


def explain(facts: TaskFacts) -> Explanation:
    """The answer for one task."""
    row = facts.view.trigger
    if row is None:
        return _with_notes(facts, _ended(facts))
    if row.cancel_requested:
        answer = _cancel_requested(facts, row)
    elif row.status in OWNED:
        answer = _owned(facts, row)
    elif row.status is Status.HELD:
        answer = _held(facts, row)
    elif row.status is not Status.ENQUEUED and row.trigger_at_us > facts.now_us:
        answer = _not_due(facts, row)
    else:
        answer = gated(facts.gate, facts.now_us) if facts.gate else _waits(facts, row)
    return _with_notes(facts, answer)


def strictest(gates: Sequence[Gate], collection: str) -> Gate | None:
    """Of the gates on a lambda that are not open, the one that counts for tasks of this collection."""
    scope = [gate for gate in gates if gate.collection in {"", collection}]
    return min(scope, key=lambda gate: (-gate.state, gate.collection), default=None)


def gated(gate: Gate, now_us: int) -> Explanation:
    """A gate that is not open stands before it."""
    by = f", by {gate.who}" if gate.who else ""
    until = f", until {moment(gate.until_us, now_us)}" if gate.until_us else ", until somebody opens it"
    reason = f": {' '.join(gate.reason.split())}" if gate.reason else ""
    of = f"collection {gate.collection} of {gate.lambda_name}" if gate.collection else gate.lambda_name
    flag = f" --collection {quote(gate.collection)}" if gate.collection else ""
    return Explanation(
        Why.GATE,
        f"A gate stops it: {gate.state} on {of} since {moment(gate.since_us, now_us)}{by}{until}{reason}.",
        f"`penstock gate open {gate.lambda_name}{flag}` opens it.",
    )


def unattended(name: str, there: Attendance | None, now_us: int) -> Explanation | None:
    """Why nobody takes tasks of a lambda now; None: somebody has credit."""
    if there is None:
        return Explanation(
            Why.NOT_KNOWN,
            f"It waits for a worker, and no orchestrator has said in the last seconds who serves {name}.",
            "Ask again in a few seconds; then look whether an orchestrator and NATS run: `penstock doctor`.",
        )
    if there.ready:
        return None
    if there.busy:
        since = moment(now_us - round(there.busy_s * 1_000_000), now_us)
        every = "The only executor" if there.busy == 1 else f"All {there.busy} executors"
        verb = "is" if there.busy == 1 else "are"
        return Explanation(
            Why.BUSY,
            f"{every} of {name} {verb} busy: no credit since {since}.",
            "Add workers, or raise --concurrency or --threads of the worker; "
            "`penstock tasks list --status processing` shows what runs.",
        )
    if there.silent:
        return Explanation(
            Why.SILENT,
            f"The executors of {name} ({there.silent}) have said nothing for seconds: stopped, or cut off.",
            "Look at the worker's process and its network; another worker takes over: `penstock worker APP`.",
        )
    stopping = f"; {counted(there.stopping, there.stopping + 1, 'executor')} of it stopping" if there.stopping else ""
    return Explanation(
        Why.NO_WORKER, f"No worker serves {name} now{stopping}.", "Start a worker of its app: `penstock worker APP`."
    )


def over_quota(quota: Quota, now_us: int) -> Explanation:
    """As many of its lane are started as a quota allows."""
    of = f"the {Priority(quota.priority)} lane of {quota.lambda_name}" if quota.priority else quota.lambda_name
    by = "its code declares" if quota.declared else f"{quota.who or 'somebody'} has set"
    since = f" since {moment(quota.since_us, now_us)}" if quota.since_us else ""
    reason = f": {' '.join(quota.reason.split())}" if quota.reason else ""
    flag = f" --priority {Priority(quota.priority)}" if quota.priority else ""
    return Explanation(
        Why.OVER_QUOTA,
        f"It waits for its turn under a quota: {of} starts at most {quota.amount:g} tasks a second, as {by}"
        f"{since}{reason}.",
        f"`penstock quota set {quota.lambda_name} start AMOUNT{flag}` changes it.",
    )


def unregistered(name: str) -> Explanation:
    """Held because no worker has ever named its lambda."""
    return Explanation(
        Why.REGISTRATION,
        f"No worker has ever registered {name}: it is held until one does.",
        "Start a worker whose app has this lambda, `penstock worker APP`; or the name is wrong: cancel it.",
    )


def _ended(facts: TaskFacts) -> Explanation:
    view = facts.view
    assert view.outcome is not None
    sentence, may_be_retried = how_it_ended(view.outcome, facts.now_us)
    remedy = ""
    if view.retried_as is not None:
        remedy = f"It was made anew: `penstock tasks explain {text_of(view.retried_as)}`."
    elif may_be_retried:
        remedy = _to_try_again(view.id, view.outcome.reason)
    return Explanation(Why.ENDED, sentence, remedy)


def _to_try_again(task_id: TaskId, reason: str) -> str:
    """What has to come before a retry, where a retry alone would end as the task did."""
    retry = f"`penstock tasks retry {text_of(task_id)}`"
    if parent := failed_parent(reason):
        return f"`penstock tasks retry {parent}` first, then {retry}."
    if reason == "undecodable":
        return f"Schedule it with arguments that fit; or, once its lambda takes these, {retry} makes it anew."
    return f"{retry} makes it anew."


def _cancel_requested(facts: TaskFacts, row: Trigger) -> Explanation:
    if row.status in OWNED:
        until = moment(row.trigger_at_us, facts.now_us)
        sentence = f"Its cancel was requested: it ends when its code has stopped, or with its lease, {until}."
    else:
        sentence = "Its cancel was requested: it is ended at the next look, and does not run."
    return Explanation(Why.CANCEL_REQUESTED, sentence)


def _owned(facts: TaskFacts, row: Trigger) -> Explanation:
    now_us, until = facts.now_us, moment(row.trigger_at_us, facts.now_us)
    executor = facts.view.executor or "an executor"
    if row.trigger_at_us <= now_us:
        return Explanation(
            Why.LEASE_OVER,
            f"It was at {executor}, which was not heard of until its lease ended, {until}.",
            "A scheduler hands it on by itself; if that lasts, look whether orchestrators run: `penstock doctor`.",
        )
    heard = moment(min(row.trigger_at_us - facts.lease_us, now_us), now_us)
    lease = (f"Its lease is good until {until}, and was renewed {heard}.",)
    if row.status is Status.CLAIMED:
        sentence = "It was handed to an executor, and no heartbeat has said yet that its code runs."
        return Explanation(Why.CLAIMED, sentence, notes=lease)
    since = f" since {moment(facts.view.started_at_us, now_us)}" if facts.view.started_at_us else ""
    return Explanation(Why.RUNS, f"It runs at {executor}{since}.", notes=lease)


def _held(facts: TaskFacts, row: Trigger) -> Explanation:
    if row.held_for == HELD_FOR_DROP:
        return Explanation(Why.DROPPING, "It was due while a gate dropped: it is ended as dropped, and does not run.")
    if row.held_for in HELD_FOR_GATES and facts.gate is not None:
        return gated(facts.gate, facts.now_us)
    if row.held_for == HELD_FOR_REGISTRATION and not facts.registered:
        return unregistered(facts.view.lambda_name)
    if row.held_for in HELD_FOR_GATES or row.held_for == HELD_FOR_REGISTRATION:
        gone = "A worker has registered its lambda" if row.held_for == HELD_FOR_REGISTRATION else "Its gate is open"
        return Explanation(Why.FREEING, f"{gone}: what was held is freed in due order, and its turn comes.")
    if row.held_for == HELD_FOR_FAILED_PARENT:
        return Explanation(
            Why.PARENT_FAILED, "A parent of it failed: it is cancelled at the next look, and does not run."
        )
    if row.held_for == HELD_FOR_PARENTS:
        return _waits_for_parents(facts)
    return Explanation(Why.HELD, f"It is held for its {row.held_for}.")


def _waits_for_parents(facts: TaskFacts) -> Explanation:
    family = facts.family
    if family.first_unfinished is None or family.first_status is None:
        return Explanation(Why.FREEING, "Its parents have ended: it is moved on with the end of the last one, or soon.")
    of = f" of {family.parents}" if family.parents > family.unfinished else ""
    noun = "parent" if family.parents == 1 else "parents"
    first = text_of(family.first_unfinished)
    return Explanation(
        Why.PARENTS,
        f"It waits for {family.unfinished}{of} {noun}, first: {first} ({family.first_status}).",
        f"`penstock tasks explain {first}` says why that one has not ended; "
        f"`penstock tasks tree {text_of(facts.view.id)}` shows all of them.",
    )


def _not_due(facts: TaskFacts, row: Trigger) -> Explanation:
    at = moment(row.trigger_at_us, facts.now_us)
    if row.status is not Status.RETRIABLE_FAILURE:
        return Explanation(Why.LATER, f"It is due only at {at}.")
    failure = last_failure(facts.view, facts.policy)
    return Explanation(
        Why.BACKING_OFF,
        f"It failed ({failure}) and backs off until {at}.",
        f"`penstock tasks show {text_of(facts.view.id)}` has the error.",
    )


def _waits(facts: TaskFacts, row: Trigger) -> Explanation:
    there = facts.attendance
    answer = unattended(facts.view.lambda_name, there, facts.now_us)
    if there is not None and row.suspect and (answer is None or answer.code is Why.BUSY):
        answer = _for_quarantine(there)
    behind = f"behind {counted(facts.older, LANE_COUNT_MAX, 'older due task')} of its lane" if facts.older else ""
    if answer is None and facts.short_of is not None:
        answer = over_quota(facts.short_of, facts.now_us)
    if answer is not None:
        also = (f"It waits in the store {behind}.",) if behind else ()
        return Explanation(answer.code, answer.sentence, answer.remedy, (*answer.notes, *also))
    if behind:
        drain = f"The lane drains {facts.drain_per_s:.1f} tasks a second." if facts.drain_per_s else ""
        return Explanation(Why.BEHIND, f"It waits in the store {behind}.", notes=(drain,) if drain else ())
    place = "It is in its lane" if row.status is Status.ENQUEUED else "It is due and the first of its lane"
    credit = there.credit if there is not None else 0
    return Explanation(
        Why.NEXT,
        f"{place}, and executors have credit for {counted(credit, credit + 1, 'task')}: it starts in a moment.",
        "If it does not, look whether orchestrators and NATS run: `penstock doctor`.",
    )


def _for_quarantine(there: Attendance) -> Explanation | None:
    if there.quarantine_ready:
        return None
    ones = f"all of them are busy ({there.quarantine_busy})" if there.quarantine_busy else "none is there yet"
    return Explanation(
        Why.QUARANTINE,
        f"Its executor crashed while it ran, so it runs next alone, in a quarantine executor, and {ones}.",
        "Its workers start one by themselves when they have room.",
    )


def _with_notes(facts: TaskFacts, answer: Explanation) -> Explanation:
    view, row = facts.view, facts.view.trigger
    notes = list(answer.notes)
    if facts.gate is not None and row is not None and row.status not in OWNED and answer.code is not Why.GATE:
        notes.append(f"Once it is due, a gate stops it: {facts.gate.state} on {facts.gate.lambda_name}.")
    if row is not None and row.attempts and answer.code is not Why.BACKING_OFF:
        notes.append(f"It was tried before: {last_failure(view, facts.policy)}.")
    if row is not None and facts.attendance is not None and row.status not in OWNED and answer.code is Why.LATER:
        missing = unattended(view.lambda_name, facts.attendance, facts.now_us)
        if missing is not None and missing.code is Why.NO_WORKER:
            notes.append(missing.sentence)
    if facts.periodic:
        notes.append(f"It is a tick of the periodic schedule {facts.periodic}.")
    waited_us = facts.now_us - view.scheduled_at_us
    if row is not None and row.status not in OWNED and waited_us > 0:
        notes.append(f"It was scheduled for {length(waited_us)} ago.")
    return Explanation(answer.code, answer.sentence, answer.remedy, tuple(notes))
