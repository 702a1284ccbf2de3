"""Questions for people. A list is found by ids first, from where the filter is narrowest, then shown."""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import structs

from penstock.adapters.postgres.outcomes import SLACK_US, ended_since_us
from penstock.adapters.postgres.pools import Connection, Pool
from penstock.adapters.postgres.quarantine import is_known, strangeness
from penstock.adapters.postgres.rows import attempt_of, outcome_of, trigger_of
from penstock.adapters.postgres.selection import attributes_json, attributes_of
from penstock.adapters.postgres.statements import statement
from penstock.model.errors import NotPossible
from penstock.model.gate import Gate
from penstock.model.identity import TaskId
from penstock.model.lane import LambdaId, LaneId, lambda_of, lanes_of, priority_of
from penstock.model.lifecycle import LIVE, TERMINAL, GateState, Status
from penstock.model.progress import Progress
from penstock.model.task import TaskView
from penstock.ports.search import TaskFilter

_VIEW: Final = statement("task_view")
_HISTORY: Final = statement("task_history")
_LAMBDAS_FIND: Final = statement("lambdas_find")
_NEWEST: Final = statement("search_newest")
_LIVE: Final = statement("search_live")
_ENDED: Final = statement("search_ended")
_UNSUCCESSFUL: Final = statement("search_unsuccessful")
_ATTRIBUTED: Final = statement("search_attributed")
_MS_MAX: Final = 2**48 - 1


class PostgresSearch:
    """See `ports.search.Search`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def task(self, namespace_id: int, task_id: TaskId, with_payload: bool, with_history: bool) -> TaskView | None:
        """All about one task of the namespace."""
        async with self._pool.connection() as connection:
            rows = await _rows(connection, namespace_id, [task_id], with_payload)
            if rows and _is_strange(rows[0]):
                raise NotPossible(f"{strangeness(rows[0][10:21])}; it cannot be shown, and is passed over")
            found = [_view(row) for row in rows if _stands(row)]
            if not found or not with_history:
                return found[0] if found else None
            lines = await connection.fetch(_HISTORY, task_id, ended_since_us([task_id]))
        return structs.replace(found[0], history=tuple(attempt_of(line) for line in lines))

    async def tasks(self, wanted: TaskFilter, before: TaskId | None, limit: int) -> Sequence[TaskView]:
        """The newest first; `before` is the last id of the page before."""
        async with self._pool.transaction("repeatable_read") as connection:
            lanes = await _lanes(connection, wanted) if wanted.lambda_name else None
            if lanes == []:
                return []
            ids: set[TaskId] = set()
            for query, arguments in _queries(wanted, lanes, before, limit):
                ids.update(row[0] for row in await connection.fetch(query, *arguments))
            newest = sorted(ids, reverse=True)[:limit]
            return await views(connection, wanted.namespace_id, newest, with_payload=False)

    async def by_id(self, namespace_id: int, ids: Sequence[TaskId]) -> Sequence[TaskView]:
        """Those of these tasks that the namespace has, in their order."""
        async with self._pool.connection() as connection:
            return await views(connection, namespace_id, ids, with_payload=False)


async def _lanes(connection: Connection, wanted: TaskFilter) -> list[LaneId]:
    rows = await connection.fetch(_LAMBDAS_FIND, wanted.namespace_id, [wanted.lambda_name])
    return [lane for row in rows for lane in lanes_of(LambdaId(row[0]))]


def _queries(
    wanted: TaskFilter, lanes: list[LaneId] | None, before: TaskId | None, limit: int
) -> list[tuple[str, list[Any]]]:
    """Which statements together find the newest matches."""
    statuses = frozenset(wanted.statuses or Status)
    low, high = _bounds(wanted, before)
    since_us = int.from_bytes(low[:6], "big") * 1000 - SLACK_US

    def arguments(of: frozenset[Status]) -> list[Any]:
        return [wanted.namespace_id, low, high, lanes, sorted(of), wanted.collection, limit]

    if wanted.attributes:
        return [(_ATTRIBUTED, [*arguments(statuses), since_us, attributes_json(wanted.attributes)])]
    if lanes is None and Status.SUCCESS in statuses:
        return [(_NEWEST, [wanted.namespace_id, low, high, since_us, sorted(statuses), wanted.collection, limit])]
    queries = []
    if statuses & LIVE:
        queries.append((_LIVE, arguments(statuses & LIVE)))
    if Status.SUCCESS in statuses:
        queries.append((_ENDED, [*arguments(statuses & TERMINAL), since_us]))
    elif statuses & TERMINAL:
        queries.append((_UNSUCCESSFUL, [*arguments(statuses & TERMINAL), since_us]))
    return queries


def _bounds(wanted: TaskFilter, before: TaskId | None) -> tuple[bytes, bytes]:
    """The lowest id that may match, and the one that all matches are below."""
    low = min(max(-(-wanted.from_us // 1000), 0), _MS_MAX).to_bytes(6, "big") + bytes(10)
    high = b"\xff" * 16
    if wanted.until_us:
        high = min(max(-(-wanted.until_us // 1000), 0), _MS_MAX).to_bytes(6, "big") + bytes(10)
    return low, min(high, before) if before else high


async def _rows(connection: Connection, namespace_id: int, ids: Sequence[TaskId], with_payload: bool) -> list[Any]:
    arguments = (namespace_id, ids, min(ids), max(ids), with_payload, ended_since_us(ids))
    rows: list[Any] = await connection.fetch(_VIEW, *arguments)
    return rows


async def views(connection: Connection, namespace_id: int, ids: Sequence[TaskId], with_payload: bool) -> list[TaskView]:
    """All that is known of these tasks, in their order; those that cannot be shown are left out."""
    if not ids:
        return []
    rows = await _rows(connection, namespace_id, ids, with_payload)
    return [_view(row) for row in rows if _stands(row) and not _is_strange(row)]


def _is_strange(row: Sequence[Any]) -> bool:
    return row[10] is not None and not is_known(row[10:21])


def _stands(row: Sequence[Any]) -> bool:
    """The day of an ended task may stand a little longer than its outcome: then it is gone already."""
    return row[10] is not None or row[21] is not None


def _view(row: Sequence[Any]) -> TaskView:
    trigger = trigger_of(row[10:21]) if row[10] is not None else None
    outcome = outcome_of(row[21:37]) if row[21] is not None else None
    stands = trigger or outcome
    assert stands is not None
    lane = LaneId(row[3])
    return TaskView(
        id=TaskId(row[0]),
        namespace=row[1],
        lambda_name=row[2],
        lambda_id=lambda_of(lane),
        priority=priority_of(lane),
        collection=row[4] or "",
        status=stands.status,
        scheduled_at_us=row[5],
        trigger=trigger,
        outcome=outcome,
        payload=row[6],
        parent_id=row[7],
        retry_of=row[8],
        retried_as=row[9],
        executor=row[37] or "",
        started_at_us=row[38] or 0,
        gate=_gate(row) if row[39] is not None else None,
        attributes=attributes_of(row[51]),
        progress=Progress(*row[46:51]) if row[46] is not None else None,
    )


def _gate(row: Sequence[Any]) -> Gate:
    collection, state, version, since_us, until_us, reason, who = row[39:46]
    lambda_id = lambda_of(LaneId(row[3]))
    return Gate(lambda_id, row[2], collection, GateState(state), version, since_us, until_us or 0, reason, who)
