"""Gates in memory."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import structs

from penstock.adapters.memory.cluster import MemoryCluster
from penstock.adapters.memory.families import tell_children
from penstock.adapters.memory.rows import GateRow, TokenRow
from penstock.adapters.memory.trip import Trip
from penstock.model.gate import WHOLE, Gate, GateLine, GateOrder, Settled, ShutGates, token_was_used
from penstock.model.identity import TaskId
from penstock.model.lifecycle import (
    HELD_FOR_COLLECTION,
    HELD_FOR_DROP,
    HELD_FOR_GATE,
    Event,
    GateState,
    after,
    held_here,
)
from penstock.model.limits import GATE_COUNT_MAX, GATE_LATE_S, TOKEN_LIFE_S
from penstock.model.task import NO_FAILURE, Outcome, Trigger

if TYPE_CHECKING:
    from penstock.model.lane import LaneId


class MemoryGates:
    """`Gates` over a `MemoryCluster`."""

    def __init__(self, cluster: MemoryCluster, trip: Trip) -> None:
        self._cluster = cluster
        self._trip = trip

    async def order(self, order: GateOrder) -> Gate:
        return await self._trip("gates.order", lambda: self._order(order))

    async def standing(self, namespace_id: int, lambda_name: str) -> list[Gate]:
        return await self._trip("gates.standing", lambda: self._standing(namespace_id, lambda_name))

    async def trail(
        self, namespace_id: int, lambda_name: str, collection: str | None, before_version: int, limit: int
    ) -> list[GateLine]:
        return await self._trip(
            "gates.trail",
            lambda: [
                line
                for lambda_id, line in reversed(self._cluster.gate_lines)
                if self._cluster.lambdas[lambda_id].namespace_id == namespace_id
                and lambda_name in {"", line.lambda_name}
                and collection in {None, line.collection}
                and (not before_version or line.version < before_version)
            ][:limit],
        )

    async def shut(self) -> ShutGates:
        return await self._trip("gates.shut", self._shut)

    async def unsettled(self) -> list[Gate]:
        return await self._trip("gates.unsettled", self._unsettled)

    async def settle(self, gate: Gate, limit: int) -> Settled:
        return await self._trip("gates.settle", lambda: self._settle(gate, limit))

    async def settled(self, gate: Gate) -> None:
        await self._trip("gates.settled", lambda: self._settled(gate))

    async def drop_held(self, limit: int) -> Sequence[TaskId]:
        return await self._trip("gates.drop_held", lambda: self._drop_held(limit))

    def _order(self, order: GateOrder) -> Gate:
        cluster, place = self._cluster, (order.lambda_id, order.collection)
        now_us = cluster.now_us()
        is_first = self._is_first(order, now_us)
        if is_first and {cluster.gate_state(*place), order.state} != {GateState.OPEN}:
            until_us = order.until_us or (now_us + order.for_us if order.for_us else 0)
            settle_after_us = (until_us or None) if order.state is GateState.PAUSE else now_us
            self._write(GateRow(*place, order.state, 0, now_us, until_us, order.reason, order.who, settle_after_us))
        gate = cluster.gates.get(place)
        if gate is None:
            return Gate(order.lambda_id, "", order.collection, GateState.OPEN, 0)
        return structs.replace(self._shown(gate), state=cluster.gate_state(*place))

    def _is_first(self, order: GateOrder, now_us: int) -> bool:
        if not order.token:
            return True
        place = (order.namespace_id, order.token)
        used = self._cluster.tokens.get(place)
        if used is None:
            self._cluster.tokens[place] = TokenRow(0, order.content_hash, now_us + TOKEN_LIFE_S * 1_000_000)
        elif used.content_hash != order.content_hash:
            raise token_was_used()
        return used is None

    def _write(self, row: GateRow) -> None:
        self._cluster.gate_version += 1
        row.version = self._cluster.gate_version
        self._cluster.gates[row.lambda_id, row.collection] = row
        name = self._cluster.lambdas[row.lambda_id].name
        line = GateLine(row.version, row.since_us, name, row.collection, row.state, row.until_us, row.reason, row.who)
        self._cluster.gate_lines.append((row.lambda_id, line))

    def _standing(self, namespace_id: int, lambda_name: str) -> list[Gate]:
        cluster = self._cluster
        shown = [
            structs.replace(self._shown(gate), held=self._count(gate))
            for place, gate in cluster.gates.items()
            if cluster.lambdas[gate.lambda_id].namespace_id == namespace_id
            and cluster.gate_state(*place) is not GateState.OPEN
        ]
        return sorted(
            (gate for gate in shown if lambda_name in {"", gate.lambda_name}),
            key=lambda gate: (gate.lambda_name, gate.collection),
        )

    def _count(self, gate: GateRow) -> int:
        whole = gate.collection == WHOLE
        reason = HELD_FOR_GATE if whole else HELD_FOR_COLLECTION
        agenda = self._cluster.held(reason, gate.lambda_id, None if whole else gate.collection)
        return len(agenda.upcoming(None, GATE_COUNT_MAX, _any_id))

    def _shut(self) -> ShutGates:
        cluster = self._cluster
        shut = frozenset(place for place in cluster.gates if cluster.gate_state(*place) is not GateState.OPEN)
        return ShutGates(cluster.gate_version, shut)

    def _unsettled(self) -> list[Gate]:
        now_us = self._cluster.now_us()
        over = [gate for gate in self._cluster.gates.values() if gate.until_us and gate.until_us <= now_us]
        for gate in over:
            self._write(
                GateRow(
                    gate.lambda_id,
                    gate.collection,
                    GateState.OPEN,
                    0,
                    gate.until_us,
                    0,
                    "its time is over",
                    "penstock",
                    gate.until_us,
                )
            )
        return [
            self._shown(gate)
            for gate in sorted(self._cluster.gates.values(), key=lambda gate: gate.version)
            if gate.settle_after_us is not None and gate.settle_after_us <= now_us
        ]

    def _settle(self, gate: Gate, limit: int) -> Settled:
        cluster, held = self._cluster, self._held_here(gate, limit)
        freed: dict[LaneId, int] = {}
        moved = 0
        for place, (scheduled_at_us, task_id) in enumerate(held):
            row = cluster.live[task_id]
            reason = cluster.stopped_by(task_id)
            if not reason:
                self._free(row, max(scheduled_at_us, cluster.now_us() - (len(held) - 1 - place)))
                freed[row.lane] = freed.get(row.lane, 0) + 1
            elif reason != row.held_for:
                cluster.put(structs.replace(row, status=after(row.status, Event.HOLD), held_for=reason))
            moved += reason != row.held_for
        return Settled(freed, moved)

    def _held_here(self, gate: Gate, limit: int) -> list[tuple[int, TaskId]]:
        whole = gate.collection == WHOLE
        agendas = [
            self._cluster.held(reason, gate.lambda_id, None if whole else gate.collection)
            for reason in held_here(gate.state, whole)
        ]
        return sorted(entry for agenda in agendas for entry in agenda.upcoming(None, limit, _any_id))[:limit]

    def _free(self, row: Trigger, at_us: int) -> None:
        self._cluster.put(structs.replace(row, status=after(row.status, Event.FREE), trigger_at_us=at_us, held_for=""))

    def _settled(self, gate: Gate) -> None:
        row = self._cluster.gates.get((gate.lambda_id, gate.collection))
        is_late = (
            row is not None
            and row.settle_after_us is not None
            and (row.settle_after_us <= self._cluster.now_us() - GATE_LATE_S * 1_000_000)
        )
        if row is None or row.version != gate.version or not is_late or self._held_here(gate, 1):
            return
        if row.state is GateState.OPEN:
            del self._cluster.gates[row.lambda_id, row.collection]
        else:
            row.settle_after_us = row.until_us or None

    def _drop_held(self, limit: int) -> list[TaskId]:
        cluster = self._cluster
        condemned = [
            task_id
            for lambda_id in cluster.lambdas
            for _, task_id in cluster.held(HELD_FOR_DROP, lambda_id).upcoming(None, limit, cluster.tasks.__contains__)
        ][:limit]
        for task_id in condemned:
            row = cluster.live[task_id]
            cluster.end(
                Outcome(
                    task_id,
                    row.lane,
                    after(row.status, Event.DROP),
                    cluster.now_us(),
                    0,
                    row.claim,
                    row.attempts,
                    row.crashes,
                    row.lapses,
                    b"",
                    False,
                    NO_FAILURE,
                    "",
                    "gate",
                )
            )
        tell_children(cluster, condemned)
        return condemned

    def _shown(self, row: GateRow) -> Gate:
        return Gate(
            row.lambda_id,
            self._cluster.lambdas[row.lambda_id].name,
            row.collection,
            row.state,
            row.version,
            row.since_us,
            row.until_us,
            row.reason,
            row.who,
        )


def _any_id(_: TaskId) -> bool:
    return True
