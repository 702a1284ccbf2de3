"""Schedule: tasks in, ids out, durable in between."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager, nullcontext
from hashlib import blake2b
from typing import Final

import msgspec
from msgspec import Struct, structs

from penstock.frontend.admission_control import AdmissionControl
from penstock.frontend.admission_pump import AdmissionPump
from penstock.frontend.calls import NO_ID, Problem, ScheduleAnswer, ScheduleCall, TaskGroup, conflict_message
from penstock.frontend.intake import Intake, check_shape, take_in
from penstock.frontend.lambda_book import LambdaBook
from penstock.frontend.parents import check_parents, ids_named, ids_of, with_families
from penstock.frontend.pieces import Piece, cut
from penstock.frontend.quota_door import pass_quotas
from penstock.model.errors import InvalidInput
from penstock.model.identity import TaskId
from penstock.model.lane import Priority
from penstock.model.limits import BATCH_BYTES_MAX, BATCH_ROWS_MAX
from penstock.ports.admission import AdmitReply, AdmitRequest
from penstock.ports.chains import Chains
from penstock.ports.clock import StoreClock
from penstock.ports.quotas import UNLIMITED_SCHEDULES, ScheduleQuotas
from penstock.ports.registry import LambdaRecord

_ENCODER: Final = msgspec.msgpack.Encoder()


class _Parcel(Struct):
    """One piece of a call on its way. `positions[i]` is where the request's i-th task stands in the call."""

    piece: Piece
    request: AdmitRequest
    positions: list[int]


class ScheduleDesk:
    """`new_token` gives 16 random bytes for callers that bring no request token: they cannot repeat."""

    def __init__(
        self,
        pump: AdmissionPump,
        book: LambdaBook,
        clock: StoreClock,
        new_token: Callable[[], bytes],
        chains: Chains,
        quotas: ScheduleQuotas = UNLIMITED_SCHEDULES,
        control: AdmissionControl | None = None,
    ) -> None:
        self._pump = pump
        self._book = book
        self._clock = clock
        self._new_token = new_token
        self._chains = chains
        self._quotas = quotas
        self._control = control

    async def schedule(self, call: ScheduleCall) -> ScheduleAnswer:
        """Store the good tasks of a call; the bad ones are named by their position.

        A call with parents is stored as a whole or not at all: what is wrong with one task is raised, too.
        Raises `InvalidInput` when the call as a whole is wrong, `Refused` when it cannot be taken now (nothing was
        stored), and `Unavailable`: then it may be repeated with its token, and will answer what it would have
        answered.
        """
        count = check_shape(call)
        async with self._place_for(call, count):
            return await self._store(call, count)

    def _place_for(self, call: ScheduleCall, count: int) -> AbstractAsyncContextManager[None]:
        """Before anything is looked at or asked for: a refusal must cost little. A call is of its first lane."""
        if self._control is None or not call.groups:
            return nullcontext()
        is_low = all(group.priority == Priority.LOW for group in call.groups)
        first = call.groups[0]
        return self._control.place_for((call.namespace, first.lambda_name, first.priority), count, is_low)

    async def _store(self, call: ScheduleCall, count: int) -> ScheduleAnswer:
        order = check_parents(call.parents, count)
        namespace_id, lambdas = await self._look_up(call)
        if not count:
            return ScheduleAnswer([], [], [], [])
        sizes_bytes = [size for group in call.groups for size in _sizes_bytes(group)]
        token = call.request_token or self._new_token()
        now_us = self._clock.now_us()
        if call.parents:
            return await self._schedule_families(call, order, Piece(0, count, token), namespace_id, lambdas, now_us)
        pieces = cut(sizes_bytes, token, BATCH_ROWS_MAX, BATCH_BYTES_MAX)
        ids = [task_id for piece in pieces for task_id in piece.ids(now_us // 1000)]
        intake = take_in(call, ids, lambdas, now_us)
        parcels = _pack(call, namespace_id, now_us // 1000, pieces, intake)
        await pass_quotas(self._quotas, lambdas, intake)
        with self._pump.room_for(count, sum(sizes_bytes)):
            replies = await self._send(parcels)
        return _answer(ids, intake, parcels, replies)

    async def _schedule_families(
        self,
        call: ScheduleCall,
        order: list[int],
        whole: Piece,
        namespace_id: int,
        lambdas: dict[str, LambdaRecord],
        now_us: int,
    ) -> ScheduleAnswer:
        """All or nothing, in one piece: half a chain is none."""
        ids = ids_of(whole, now_us // 1000, call.parents, order)
        intake = take_in(call, ids, lambdas, now_us)
        _refuse_problems(intake.problems, whole.stop)
        latest = await self._chains.latest(namespace_id, ids_named(call.parents))
        intake.tasks = with_families(intake.tasks, call.parents, ids, latest)
        await pass_quotas(self._quotas, lambdas, intake)
        [parcel] = _pack(call, namespace_id, now_us // 1000, [whole], intake)
        with self._pump.room_for(whole.stop, sum(len(task.payload) for task in intake.tasks.values())):
            reply = await self._admit(parcel)
        if reply.repeat_of_minted_at_ms:
            ids = ids_of(whole, reply.repeat_of_minted_at_ms, call.parents, order)
            reply = structs.replace(reply, repeat_of_minted_at_ms=0)
        answer = _answer(ids, intake, [parcel], [reply])
        _refuse_problems(answer.problems, whole.stop)
        return answer

    async def _look_up(self, call: ScheduleCall) -> tuple[int, dict[str, LambdaRecord]]:
        """The namespace and the lambdas by name. A strict call makes neither; others make what they name."""
        names = {group.lambda_name for group in call.groups if group.payloads}
        if call.strict or not names:
            namespace_id = await self._book.known_namespace_id(call.namespace)
            return namespace_id, await self._book.registered(namespace_id, names)
        namespace_id = await self._book.namespace_id(call.namespace)
        return namespace_id, await self._book.resolve(namespace_id, names)

    async def _send(self, parcels: list[_Parcel]) -> list[AdmitReply]:
        """The first alone: when its token stands for another call, nothing of this one may be written."""
        replies = [await self._admit(parcel) for parcel in parcels[:1]]
        if len(parcels) > 1:
            replies += await asyncio.gather(*[self._admit(parcel) for parcel in parcels[1:]])
        return replies

    async def _admit(self, parcel: _Parcel) -> AdmitReply:
        reply = await self._pump.admit(parcel.request)
        if reply.token_conflict:
            raise InvalidInput("request_token", "was used before for another call; make a new one for each")
        return reply


def _sizes_bytes(group: TaskGroup) -> Iterable[int]:
    """Of each task as it is stored."""
    if not group.attributes:
        return map(len, group.payloads)
    shared = sum(len(name) + len(value.encode()) for name, value in group.attributes.items())
    return [len(payload) + shared for payload in group.payloads]


def _refuse_problems(problems: list[Problem], count: int) -> None:
    """What is wrong with one task of a call with parents is wrong with the call; nothing of it was stored."""
    if not problems:
        return
    first = min(problems, key=lambda problem: problem.index)
    if count > 1:
        first = structs.replace(first, message=f"tasks[{first.index}].{first.message}")
    raise first.error()


def _pack(
    call: ScheduleCall, namespace_id: int, minted_at_ms: int, pieces: list[Piece], intake: Intake
) -> list[_Parcel]:
    content_hash = b""
    if call.request_token:
        said = (call.groups, call.strict, call.parents) if call.parents else (call.groups, call.strict)
        content_hash = blake2b(_ENCODER.encode(said), digest_size=16).digest()
    parcels = []
    for piece in pieces:
        positions = [position for position in range(piece.start, piece.stop) if position in intake.tasks]
        request = AdmitRequest(
            namespace_id=namespace_id,
            tasks=[intake.tasks[position] for position in positions],
            minted_at_ms=minted_at_ms,
            token=piece.seed if call.request_token else b"",
            content_hash=content_hash,
        )
        if positions:
            parcels.append(_Parcel(piece, request, positions))
    return parcels


def _answer(ids: list[TaskId], intake: Intake, parcels: list[_Parcel], replies: list[AdmitReply]) -> ScheduleAnswer:
    problems = intake.problems
    existing: list[int] = []
    for parcel, reply in zip(parcels, replies, strict=True):
        piece = parcel.piece
        if reply.repeat_of_minted_at_ms:
            ids[piece.start : piece.stop] = piece.ids(reply.repeat_of_minted_at_ms)
        for at, task_id in reply.existing.items():
            position = parcel.positions[at]
            if task_id != ids[position]:  # a repeat meets the keys of its own first try
                ids[position] = task_id
                existing.append(position)
        for at, first in reply.conflicts.items():
            problems.append(Problem(parcel.positions[at], "conflict", conflict_message(first), first))
    for problem in problems:
        ids[problem.index] = NO_ID
    problems.sort(key=lambda problem: problem.index)
    return ScheduleAnswer(ids, problems, intake.warnings, sorted(existing))
