"""From what a caller asks for to tasks that can be stored: every check at the door is called from here."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Final

from msgspec import Struct

from penstock.frontend.calls import Problem, ScheduleCall, TaskGroup
from penstock.frontend.payloads import payload_problem
from penstock.model.attributes import Attributes, check_attributes
from penstock.model.errors import InvalidInput, LimitExceeded
from penstock.model.identity import TaskId, id_of_bytes
from penstock.model.lane import LaneId, Priority, lane_of
from penstock.model.limits import (
    HORIZON_S_MAX,
    KEY_LIFE_S_DEFAULT,
    KEY_LIFE_S_MAX,
    SCHEDULE_TASKS_MAX,
    TOKEN_BYTES_MAX,
    TOKEN_BYTES_MIN,
)
from penstock.model.names import check_collection, check_key, check_lambda_name
from penstock.model.task import NewTask
from penstock.ports.registry import LambdaRecord

HORIZON_US: Final = HORIZON_S_MAX * 1_000_000
_DAY_US: Final = 86_400 * 1_000_000
_PRIORITY_MAX: Final = max(Priority)
_check_lambda_name: Final = lru_cache(maxsize=4096)(check_lambda_name)


class Intake(Struct):
    """A call after its checks. Positions count over all groups' payloads."""

    tasks: dict[int, NewTask]
    problems: list[Problem]
    warnings: list[str]


class _Options(Struct, frozen=True):
    """What all tasks of a group share, checked."""

    lane: LaneId
    collection: str
    held_for: str
    key_life_s: int
    parent_id: TaskId | None
    horizon_us: int
    hashed: bytes
    attributes: Attributes


def check_shape(call: ScheduleCall) -> int:
    """The number of tasks; raises `InvalidInput` for all that concerns the call as a whole."""
    count = sum(len(group.payloads) for group in call.groups)
    if count > SCHEDULE_TASKS_MAX:
        raise LimitExceeded("groups", f"hold {count} tasks; the limit is {SCHEDULE_TASKS_MAX}")
    check_token(call.request_token)
    for at, group in enumerate(call.groups):
        _check_lambda_name(group.lambda_name)
        _check_columns(group, at)
    return count


def check_token(token: bytes) -> None:
    """A request token, b"" for none; raises `InvalidInput`."""
    if token and not TOKEN_BYTES_MIN <= len(token) <= TOKEN_BYTES_MAX:
        raise InvalidInput(
            "request_token", f"has {len(token)} bytes; use {TOKEN_BYTES_MIN} to {TOKEN_BYTES_MAX} random ones"
        )


def take_in(call: ScheduleCall, ids: Sequence[TaskId], lambdas: Mapping[str, LambdaRecord], now_us: int) -> Intake:
    """The tasks of a call whose shape was checked, with what is wrong with single ones.

    A lambda that is not among `lambdas` is one that a strict call must not be given.
    """
    intake = Intake({}, [], [])
    position = 0
    for group in call.groups:
        record = lambdas.get(group.lambda_name)
        if record is None:
            _refuse_all(group, position, intake)
        else:
            if not record.registered:
                intake.warnings.append(
                    f"{group.lambda_name}: no worker has registered it; its tasks are held until one does"
                )
            _take_group(group, _options_of(group, record, now_us), position, ids, intake)
        position += len(group.payloads)
    intake.warnings = list(dict.fromkeys(intake.warnings))
    return intake


def _check_columns(group: TaskGroup, at: int) -> None:
    count = len(group.payloads)
    if group.keys and len(group.keys) != count:
        raise InvalidInput(f"groups[{at}].keys", f"has {len(group.keys)} entries for {count} payloads")
    for field, column in (("due_at_us", group.due_at_us), ("delay_us", group.delay_us)):
        if len(column) > 1 and len(column) != count:
            raise InvalidInput(f"groups[{at}].{field}", f"has {len(column)} entries for {count} payloads")
    if any(group.due_at_us) and any(group.delay_us):
        raise InvalidInput(f"groups[{at}].delay_us", "is set together with due_at_us; use one of them")
    if not 0 <= group.priority <= _PRIORITY_MAX:
        raise InvalidInput(f"groups[{at}].priority", f"{group.priority} is none; use high, normal or low")
    if not 0 <= group.key_life_s <= KEY_LIFE_S_MAX:
        raise InvalidInput(f"groups[{at}].key_life_s", f"{group.key_life_s} is outside of 0 to {KEY_LIFE_S_MAX}")
    check_collection(group.collection)
    if group.parent_id:
        id_of_bytes(group.parent_id, f"groups[{at}].parent_id")
    if group.attributes:
        check_attributes(group.attributes, f"groups[{at}].attributes")


def _options_of(group: TaskGroup, record: LambdaRecord, now_us: int) -> _Options:
    priority = Priority(group.priority or Priority.NORMAL)
    return _Options(
        lane=lane_of(record.id, priority),
        collection=group.collection,
        held_for="" if record.registered else "registration",
        key_life_s=group.key_life_s or KEY_LIFE_S_DEFAULT,
        parent_id=TaskId(group.parent_id) if group.parent_id else None,
        horizon_us=now_us + HORIZON_US,
        hashed=_hashed(group, priority) if group.keys else b"",
        attributes=tuple(sorted(group.attributes.items())) if group.attributes else (),
    )


def _hashed(group: TaskGroup, priority: Priority) -> bytes:
    attributes = f"{sorted(group.attributes.items())}\0" if group.attributes else ""
    return f"{group.lambda_name}\0{priority}\0{group.collection}\0{attributes}".encode()


def _take_group(group: TaskGroup, options: _Options, start: int, ids: Sequence[TaskId], intake: Intake) -> None:
    count = len(group.payloads)
    keys = group.keys or [""] * count
    due_column = _spread(group.due_at_us, count)
    delay_column = _spread(group.delay_us, count)
    columns = zip(group.payloads, keys, due_column, delay_column, strict=True)
    for position, (payload, key, due_at_us, delay_us) in enumerate(columns, start):
        wrong = payload_problem(payload)
        if wrong:
            intake.problems.append(Problem(position, "invalid", f"payload: {wrong}"))
        elif wrong := _time_problem(due_at_us, delay_us, options) or (_key_problem(key) if key else ""):
            intake.problems.append(Problem(position, "invalid", wrong))
        else:
            intake.tasks[position] = NewTask(
                id=ids[position],
                lane=options.lane,
                payload=payload,
                collection=options.collection,
                due_at_us=due_at_us,
                delay_us=delay_us,
                held_for=options.held_for,
                key=key,
                key_life_s=options.key_life_s if key else 0,
                content_hash=_content_hash(options, payload) if key else b"",
                parent_id=options.parent_id,
                attributes=options.attributes,
            )


def _refuse_all(group: TaskGroup, start: int, intake: Intake) -> None:
    message = f"lambda: no worker has registered {group.lambda_name}, and strict was asked for"
    for position in range(start, start + len(group.payloads)):
        intake.problems.append(Problem(position, "invalid", message))


def _spread(column: Sequence[int], count: int) -> Sequence[int]:
    if not column:
        return [0] * count
    return [column[0]] * count if len(column) == 1 else column


def _time_problem(due_at_us: int, delay_us: int, options: _Options) -> str:
    if due_at_us < 0:
        return f"due_at_us: {due_at_us} is before 1970"
    if due_at_us > options.horizon_us:
        ahead = (due_at_us - options.horizon_us + HORIZON_US) // _DAY_US
        return f"due_at_us: is {ahead:,} days ahead; the limit is {HORIZON_US // _DAY_US} days"
    if not 0 <= delay_us <= HORIZON_US:
        return f"delay_us: {delay_us} us are outside of 0 to {HORIZON_US // _DAY_US} days"
    return ""


def _key_problem(key: str) -> str:
    try:
        check_key(key)
    except InvalidInput as error:
        return str(error)
    return ""


def _content_hash(options: _Options, payload: bytes) -> bytes:
    """Times are left out: a caller that tries again later with "in a minute" means the same task."""
    return blake2b(options.hashed + payload, digest_size=16).digest()
