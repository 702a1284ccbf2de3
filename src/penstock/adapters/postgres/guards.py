"""From the lifecycle to SQL: every guard is generated, none is written by hand.

A statement names what it wants; `fill` puts the numbers in:

- `{status:enqueued}`       the number of a status
- `{from:claim}`            every status in which the event is legal, as a comma list
- `{bits:claim}`            the same as bits, `({bits:claim} >> status) & 1 = 1`: the planner can't mistake it for the
                            predicate of a partial index, and walk that instead of looking ids up
- `{delivery:claim}`        as `bits`, of deliveries
- `{stay:cancel_request}`   those of them that the event leaves where they are
- `{priority:normal}`       the number of a priority, which a lane ends with
- `{gate:pause}`            the number of a gate's state
- `{held_for:gate}`         the literal by which a row says that a gate on its lambda holds it; `collection`, `drop`,
                            `registration`, `parents`, `failed_parent`, `replay` too
- `{condemning}`            pairs of a parent's status and a child's policy: then the child is to be cancelled
- `{verdict}`               why a task is held by the states `w.state` and `c.state` of its two gates, null for none
- `{waits_for_time}`        the statuses that the store consumer enqueues when their time has come
- `{looked_after}`          the other live ones
- `{batch_limit_max}`       `ordering.BATCH_LIMIT_MAX`
"""

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Final

from penstock.model.lane import Priority
from penstock.model.lifecycle import (
    HELD_FOR_COLLECTION,
    HELD_FOR_DEAD_EVENT,
    HELD_FOR_DROP,
    HELD_FOR_FAILED_PARENT,
    HELD_FOR_GATE,
    HELD_FOR_PARENTS,
    HELD_FOR_REGISTRATION,
    HELD_FOR_REPLAY,
    LIVE,
    MATRIX,
    TERMINAL,
    Event,
    GateState,
    ParentFailure,
    Status,
    after_delivery,
    condemns,
    delivery_sources,
    held_for,
    sources,
    waits_for_time,
)
from penstock.model.ordering import BATCH_LIMIT_MAX

_HELD_FOR = {
    "gate": HELD_FOR_GATE,
    "collection": HELD_FOR_COLLECTION,
    "drop": HELD_FOR_DROP,
    "registration": HELD_FOR_REGISTRATION,
    "parents": HELD_FOR_PARENTS,
    "failed_parent": HELD_FOR_FAILED_PARENT,
    "dead_event": HELD_FOR_DEAD_EVENT,
    "replay": HELD_FOR_REPLAY,
}
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def fill(statement: str) -> str:
    """The statement with its placeholders filled; raises `ValueError` for one that nobody knows."""
    return _PLACEHOLDER.sub(lambda match: _meaning(match.group(1)), statement)


def _meaning(placeholder: str) -> str:
    kind, _, name = placeholder.partition(":")
    try:
        match kind:
            case "status":
                return _numbers([Status[name.upper()]])
            case "from":
                return _numbers(sources(Event[name.upper()]))
            case "bits" | "delivery":
                event = Event[name.upper()]
                return str(sum(1 << each for each in (sources if kind == "bits" else delivery_sources)(event)))
            case "stay":
                event = Event[name.upper()]
                return _numbers(status for status in sources(event) if MATRIX[status][event] is status)
            case "priority":
                return str(Priority[name.upper()].value)
            case "gate":
                return str(GateState[name.upper()].value)
            case "held_for":
                return f"'{_HELD_FOR[name]}'"
            case word if not name:
                return _WORDS[word]()
    except KeyError:
        pass
    raise ValueError(f"{{{placeholder}}} means nothing; see guards.py for what may stand here")


def _verdict() -> str:
    """`lifecycle.held_for` as a lookup: its whole table, so that there is no second rule."""
    rows = [
        f"when coalesce(w.state, {{0}}) = {whole.value} and coalesce(c.state, {{0}}) = {own.value} then '{reason}'"
        for whole in GateState
        for own in GateState
        if (reason := held_for(whole, own))
    ]
    return f"case {' '.join(rows)} end".format(GateState.OPEN.value)


def _condemning() -> str:
    """Every pair of a parent's end and a child's policy for which `lifecycle.condemns` is true."""
    pairs = [(status, policy) for status in sorted(TERMINAL) for policy in ParentFailure if condemns(status, policy)]
    return ", ".join(f"({status.value}, {policy.value})" for status, policy in pairs)


def _numbers(statuses: Iterable[Status]) -> str:
    numbers = ", ".join(str(status.value) for status in statuses)
    if not numbers:
        raise ValueError("a guard that no status passes")
    return numbers


@cache
def legal_sources(event: Event, target: Status) -> int:
    """The statuses that `event` leads from to `target`, as bits: the guard of a change that travels as a row."""
    return sum(1 << status for status in sources(event) if MATRIX[status][event] is target)


@cache
def delivery_legal_sources(event: Event) -> int:
    """The same of a delivery, whose ends lead to one status each: `delivery_target`."""
    return sum(1 << status for status in delivery_sources(event))


@cache
def delivery_target(event: Event) -> Status:
    """Where an event that ends a claim, or a hold, leads from wherever it is legal."""
    (target,) = {after_delivery(status, event) for status in delivery_sources(event)}
    return target


_WORDS: Final[dict[str, Callable[[], str]]] = {
    "verdict": _verdict,
    "condemning": _condemning,
    "waits_for_time": lambda: _numbers(status for status in Status if waits_for_time(status)),
    "looked_after": lambda: _numbers(status for status in Status if status in LIVE and not waits_for_time(status)),
    "batch_limit_max": lambda: str(BATCH_LIMIT_MAX),
}
