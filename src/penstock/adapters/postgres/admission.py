"""Tasks into the store: one statement when nothing stands, a careful transaction when something may."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

import asyncpg

from penstock.adapters.postgres.admitted_families import meet_parents
from penstock.adapters.postgres.codecs import column, even_column, microseconds
from penstock.adapters.postgres.low_water import LowWater
from penstock.adapters.postgres.pools import Connection, Pool
from penstock.adapters.postgres.retrying import retry
from penstock.adapters.postgres.selection import attributes_json
from penstock.adapters.postgres.standing import judge
from penstock.adapters.postgres.statements import statement
from penstock.model.errors import Unavailable
from penstock.model.identity import TaskId
from penstock.model.lane import LambdaId, LaneId
from penstock.model.limits import GATE_LOOK_S, OVERTAKING_S_MAX, TOKEN_LIFE_S
from penstock.model.task import NewTask
from penstock.ports.admission import AdmitReply, AdmitRequest, Admitted, Retried

_TRIES: Final = 3
_TOKEN_LIFE_US: Final = microseconds(TOKEN_LIFE_S)
_OVERTAKING_US_MAX: Final = microseconds(OVERTAKING_S_MAX)
_GATE_LOOK_US: Final = microseconds(GATE_LOOK_S)
_NOTHING_TO_SAY: Final = AdmitReply()


class PostgresAdmission:
    """See `ports.admission.Admission`."""

    def __init__(self, pool: Pool, due_marks: LowWater, enqueue_timeout_s: float) -> None:
        self._pool, self._due_marks = pool, due_marks
        self._enqueue_timeout_us = microseconds(enqueue_timeout_s)

    async def admit(self, requests: Sequence[AdmitRequest], room: Mapping[LaneId, int]) -> Admitted:
        """Store the tasks of all requests."""
        if _may_stand(requests):
            return await self._admit_carefully(requests, room)
        try:
            async with self._pool.connection() as connection:
                stored_at_us, open_lanes, known, shut = await self._store(connection, requests, room)
        except asyncpg.UniqueViolationError:
            return await self._admit_carefully(requests, room)
        if any(known):  # their tokens stood: only they were left out, and asking for them again says why
            repeats = [r for r, stands in zip(requests, known, strict=True) if stands]
            again = await self._admit_carefully(repeats, room)
            answers = iter(again.replies)
            return Admitted(
                [next(answers) if stands else _NOTHING_TO_SAY for stands in known],
                open_lanes | again.open_lanes,
                stored_at_us,
                shut | again.shut,
            )
        return Admitted([_NOTHING_TO_SAY] * len(requests), open_lanes, stored_at_us, shut)

    async def retry(self, namespace_id: int, original: TaskId, new_id: TaskId) -> Retried:
        """Make a new task of an ended one."""
        return await retry(self._pool, namespace_id, original, new_id)

    async def _admit_carefully(self, requests: Sequence[AdmitRequest], room: Mapping[LaneId, int]) -> Admitted:
        """Look first, then store what is left. Who comes second at the same moment looks again."""
        for attempt in range(_TRIES):
            try:
                async with self._pool.transaction() as connection:
                    verdicts = await judge(connection, requests, look_for_ids=attempt > 0)
                    families = await meet_parents(connection, requests, verdicts)
                    verdicts = families.verdicts
                    stored_at_us, open_lanes, _, shut = await self._store(connection, verdicts.remaining, room)
                    await families.store(connection)
                return Admitted(verdicts.replies, open_lanes, stored_at_us, shut)
            except asyncpg.UniqueViolationError:
                continue
        raise Unavailable("others stored the same tasks at the same moment; try again")

    async def _store(
        self, connection: Connection, requests: Sequence[AdmitRequest], room: Mapping[LaneId, int]
    ) -> tuple[int, frozenset[LaneId], list[bool], frozenset[tuple[LambdaId, str]]]:
        tasks = [task for request in requests for task in request.tasks]
        lanes = [lane for lane in {task.lane for task in tasks} if room.get(lane, 0) > 0]
        since = [self._due_marks.since(lane) for lane in lanes]
        monotonic = asyncio.get_running_loop().time
        started = monotonic()
        row = await connection.fetchrow(
            _ADMIT,
            lanes,
            since,
            [request.namespace_id for request in requests],
            [request.token for request in requests],
            [request.minted_at_ms for request in requests],
            [request.content_hash for request in requests],
            _TOKEN_LIFE_US,
            *_columns(requests, tasks),
            self._enqueue_timeout_us,
            _OVERTAKING_US_MAX,
            _GATE_LOOK_US,
            column([attributes_json(task.attributes) if task.attributes else None for task in tasks]),
        )
        stored_at_us, known, oldest_us, open_lanes, shut = row
        for lane, since_us, oldest in zip(lanes, since, oldest_us, strict=True):
            self._due_marks.seen(lane, since_us, oldest, stored_at_us, monotonic() - started)
        return stored_at_us, frozenset(open_lanes), known or [], frozenset(_gate(text) for text in shut or ())


_ADMIT: Final = statement("admit")


def _columns(requests: Sequence[AdmitRequest], tasks: list[NewTask]) -> tuple[Any, ...]:
    return (
        [n for n, request in enumerate(requests, 1) for _ in request.tasks] if len(requests) > 1 else (),
        [task.id for task in tasks],
        even_column([task.lane for task in tasks]),
        _instants([task.due_at_us for task in tasks]),
        column([task.delay_us for task in tasks]),
        [task.payload for task in tasks],
        column([task.collection for task in tasks]),
        column([task.parent_id for task in tasks]),
        column([task.held_for for task in tasks]),
    )


def _gate(text: str) -> tuple[LambdaId, str]:
    lambda_id, _, collection = text.partition(" ")
    return LambdaId(int(lambda_id)), collection


def _instants(due_at_us: list[int]) -> Sequence[int | None]:
    return [due or None for due in due_at_us] if any(due_at_us) else ()


def _may_stand(requests: Sequence[AdmitRequest]) -> bool:
    """Whether a task has a key or parents, or two calls have the same token."""
    if any(task.key or task.family for request in requests for task in request.tasks):
        return True
    if len(requests) == 1:
        return False
    tokens = [(request.namespace_id, request.token) for request in requests if request.token]
    return len(set(tokens)) < len(tokens)
