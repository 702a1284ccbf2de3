"""Many calls as one Schedule request, and its reply as one outcome a call. No I/O."""

from collections.abc import Sequence
from typing import Any, Final, Protocol

from penstock.model.errors import Conflict, InvalidInput, PenstockError
from penstock.model.identity import ID_BYTES, TaskId
from penstock.model.limits import BATCH_BYTES_MAX, BATCH_ROWS_MAX
from penstock.sdk.call import Call
from penstock.sdk.options import Options
from penstock.sdk.references import place_of
from penstock.sdk.status import as_written
from penstock.wire.chain_codec import parents_to_wire
from penstock.wire.numbers import PRIORITY_TO_WIRE
from penstock.wire.v1 import penstock_pb2 as pb

Stored = tuple[TaskId, bool]
"""The task's id, and whether it stood already under the same key."""
Outcome = Stored | Exception


class Sized(Protocol):
    """What travels in a batch."""

    @property
    def size_bytes(self) -> int:
        """About what it takes in a request."""


def has_room(tasks: int, size_bytes: int, call: Sized) -> bool:
    """Whether a batch of so many tasks or events and bytes may take one more."""
    return tasks < BATCH_ROWS_MAX and (not tasks or size_bytes + call.size_bytes <= BATCH_BYTES_MAX)


def group_positions(calls: Sequence[Call[Any]]) -> list[list[int]]:
    """Positions of calls that may share a TaskGroup, each group in the order of the calls."""
    groups: dict[tuple[Any, ...], list[int]] = {}
    last: Call[Any] | None = None
    group: list[int] = []
    for at, call in enumerate(calls):
        # Neighbours mostly share their very kind: then nothing is hashed.
        if last is None or call.kind is not last.kind or call.parent_id != last.parent_id:
            shared = (call.kind.lambda_name, call.parent_id, call.kind.options.shape)
            group = groups.setdefault(shared, [])
            last = call
        group.append(at)
    return list(groups.values())


def group_runs(calls: Sequence[Call[Any]]) -> list[list[int]]:
    """Positions of neighbours that may share a TaskGroup: every call keeps its position in the request."""
    runs: list[list[int]] = []
    last: tuple[Any, ...] | None = None
    for at, call in enumerate(calls):
        shared = (call.kind.lambda_name, call.parent_id, call.kind.options.shape)
        if shared != last:
            runs.append([])
            last = shared
        runs[-1].append(at)
    return runs


def make_request(
    calls: Sequence[Call[Any]], groups: Sequence[Sequence[int]], namespace: str, token: bytes, strict: bool
) -> pb.ScheduleRequest:
    """The request for these groups of positions."""
    return pb.ScheduleRequest(
        namespace=namespace,
        groups=[_group([calls[at] for at in positions]) for positions in groups],
        request_token=token,
        strict=strict,
    )


def read_reply(reply: pb.ScheduleReply, groups: Sequence[Sequence[int]]) -> list[Outcome]:
    """One outcome a call, in the order of the calls."""
    order = [at for positions in groups for at in positions]
    ids = reply.task_ids
    if len(ids) != ID_BYTES * len(order):
        return [PenstockError("the platform's answer has another number of tasks than the request")] * len(order)
    existing = frozenset(reply.existing)
    problems = {problem.index: problem for problem in reply.problems}
    outcomes: list[Any] = [None] * len(order)
    for slot, at in enumerate(order):
        if slot in problems:
            outcomes[at] = _error_of(problems[slot])
        else:
            outcomes[at] = (ids[ID_BYTES * slot : ID_BYTES * slot + ID_BYTES], slot in existing)
    return outcomes


def _group(calls: list[Call[Any]]) -> pb.TaskGroup:
    kind = calls[0].kind
    options = [call.kind.options for call in calls]
    fields: dict[str, Any] = {
        "lambda": kind.lambda_name,
        "collection": kind.options.collection,
        "priority": PRIORITY_TO_WIRE[kind.options.priority],
        "payloads": [call.payload for call in calls],
        "keys": _column([each.key for each in options], none=""),
        "due_at_us": _shared([each.due_at_us for each in options]),
        "delay_us": _shared([each.delay_us for each in options]),
        "key_life_s": kind.options.key_life_s,
        "parent_id": calls[0].parent_id,
        "attributes": dict(kind.options.attributes),
        "parents": _parents(options),
    }
    return pb.TaskGroup(**fields)


def _parents(options: Sequence[Options]) -> list[pb.Parents]:
    if not any(each.parents for each in options):
        return []
    return [parents_to_wire([place_of(each) for each in one.parents], one.on_parent_failure) for one in options]


def _column(values: list[str], none: str) -> list[str]:
    return values if any(value != none for value in values) else []


def _shared(values: list[int | None]) -> list[int]:
    """One value for all if it is the same; nothing if there is none. A group has all or none."""
    first = values[0]
    if first is None:
        return []
    if all(value == first for value in values):
        return [first]
    return [value for value in values if value is not None]


_CONFLICT: Final = "conflict"


def _error_of(problem: pb.ScheduleProblem) -> PenstockError:
    if problem.code == _CONFLICT:
        return Conflict(problem.message, first=problem.task_id)
    field, colon, text = problem.message.partition(": ")
    return InvalidInput(as_written(field), text) if colon else InvalidInput("task", problem.message)
