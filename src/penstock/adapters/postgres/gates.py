"""Gates: the orders, their trail, and the tasks that they hold."""

from collections.abc import Sequence
from typing import Any, Final

from penstock.adapters.postgres.codecs import microseconds
from penstock.adapters.postgres.families import FamilyEnds
from penstock.adapters.postgres.pools import Pool
from penstock.adapters.postgres.statements import statement
from penstock.model.changes import Finish
from penstock.model.gate import WHOLE, Gate, GateLine, GateOrder, Settled, ShutGates, token_was_used
from penstock.model.identity import TaskId
from penstock.model.lane import LambdaId, LaneId, lanes_of
from penstock.model.lifecycle import Event, GateState, Status, held_here
from penstock.model.limits import GATE_COUNT_MAX, GATE_LATE_S, TOKEN_LIFE_S

_ORDER: Final = statement("gate_order")
_ONE: Final = statement("gate_one")
_STANDING: Final = statement("gate_standing")
_TRAIL: Final = statement("gate_trail")
_SHUT: Final = statement("gate_shut")
_EXPIRE: Final = statement("gate_expire")
_UNSETTLED: Final = statement("gate_unsettled")
_SETTLE_LAMBDA: Final = statement("gate_settle_lambda")
_SETTLE_COLLECTION: Final = statement("gate_settle_collection")
_SETTLED: Final = statement("gate_settled")
_DROP_HELD: Final = statement("gate_drop_held")
_SETTLE_LOCK: Final = 0x676174655F736574  # "gate_set"
_TOKEN_LIFE_US: Final = microseconds(TOKEN_LIFE_S)
_LATE_US: Final = microseconds(GATE_LATE_S)


class PostgresGates:
    """See `ports.gates.Gates`. `batches` carries what moves many tasks: looks at the gates never wait for it."""

    def __init__(self, pool: Pool, batches: Pool) -> None:
        self._pool, self._batches = pool, batches

    async def order(self, order: GateOrder) -> Gate:
        """Set or open a gate, with a line in the trail."""
        async with self._pool.transaction() as connection:
            used_for = await connection.fetchval(
                _ORDER,
                order.lambda_id,
                order.collection,
                order.state,
                order.until_us or None,
                order.for_us,
                order.reason,
                order.who,
                order.namespace_id,
                order.token,
                order.content_hash,
                _TOKEN_LIFE_US,
            )
            if used_for not in {None, order.content_hash}:
                raise token_was_used()
            row = await connection.fetchrow(_ONE, order.lambda_id, order.collection)
        if row is None:
            return Gate(order.lambda_id, "", order.collection, GateState.OPEN, 0)
        return _gate(row)

    async def standing(self, namespace_id: int, lambda_name: str) -> list[Gate]:
        """The gates that are not open, with what they hold."""
        return [_gate(row) for row in await self._pool.fetch(_STANDING, namespace_id, lambda_name, GATE_COUNT_MAX)]

    async def trail(
        self, namespace_id: int, lambda_name: str, collection: str | None, before_version: int, limit: int
    ) -> list[GateLine]:
        """Orders, the latest first."""
        rows = await self._pool.fetch(_TRAIL, namespace_id, lambda_name, collection, before_version, limit)
        return [
            GateLine(row[0], row[1], row[2], row[3], GateState(row[4]), row[5] or 0, row[6], row[7]) for row in rows
        ]

    async def shut(self) -> ShutGates:
        """The gates that are not open."""
        rows = await self._pool.fetch(_SHUT)
        return ShutGates(rows[0][0], frozenset((LambdaId(row[1]), row[2]) for row in rows if row[1] is not None))

    async def unsettled(self) -> list[Gate]:
        """Gates whose held tasks must be moved on."""
        gates = await self._unsettled()
        if any(gate.state is GateState.OPEN and gate.until_us for gate in gates):
            await self._pool.fetch(_EXPIRE)
            gates = await self._unsettled()
        return gates

    async def settle(self, gate: Gate, limit: int) -> Settled:
        """Look anew at up to `limit` tasks that this gate holds."""
        lanes, reasons = _wrongly(gate)
        if gate.collection == WHOLE:
            rows = await self._batches.fetch(_SETTLE_LAMBDA, lanes, limit, reasons, _SETTLE_LOCK)
        else:
            rows = await self._batches.fetch(_SETTLE_COLLECTION, lanes, limit, reasons, _SETTLE_LOCK, gate.collection)
        return Settled({LaneId(row[0]): row[1] for row in rows if row[1]}, sum(row[2] for row in rows))

    async def settled(self, gate: Gate) -> None:
        """If nothing is left that this gate holds wrongly, it needs no settling any more."""
        await self._pool.fetch(_SETTLED, gate.lambda_id, gate.collection, gate.version, _LATE_US, *_wrongly(gate))

    async def drop_held(self, limit: int) -> Sequence[TaskId]:
        """End tasks that were due while a gate dropped."""
        rows = await self._batches.fetch(_DROP_HELD, limit)
        childless = [TaskId(task_id) for task_id, has_children in rows if not has_children]
        parents = [TaskId(task_id) for task_id, has_children in rows if has_children]
        return childless + await self._drop_parents(parents[: limit - len(childless)])

    async def _drop_parents(self, ids: Sequence[TaskId]) -> list[TaskId]:
        """What is condemned stays so: only its end can come in between."""
        if not ids:
            return []
        drops = [Finish(each, Event.DROP, Status.DROPPED, claim=None, reason="gate") for each in ids]
        async with self._batches.transaction() as connection:
            return await FamilyEnds().end(connection, drops)

    async def _unsettled(self) -> list[Gate]:
        return [_gate(row) for row in await self._pool.fetch(_UNSETTLED)]


def _wrongly(gate: Gate) -> tuple[Sequence[LaneId], Sequence[str]]:
    """The lanes and reasons of tasks that this gate may hold wrongly."""
    return lanes_of(gate.lambda_id), held_here(gate.state, gate.collection == WHOLE)


def _gate(row: Sequence[Any]) -> Gate:
    """lambda_id, lambda name, collection, state, version, since, until, reason, who, held."""
    return Gate(
        LambdaId(row[0]), row[1], row[2], GateState(row[3]), row[4], row[5], row[6] or 0, row[7], row[8], row[9]
    )
