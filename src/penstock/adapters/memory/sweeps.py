"""Sweeps over dead letters in memory."""

from collections.abc import Sequence
from dataclasses import replace

from msgspec import structs

from penstock.adapters.memory.cluster import MemoryCluster
from penstock.adapters.memory.rows import SweepRow
from penstock.adapters.memory.trip import Trip
from penstock.model.errors import NotFound
from penstock.model.identity import TaskId, make_ids
from penstock.model.lane import LaneId, lambda_of
from penstock.model.lifecycle import Status
from penstock.model.sweep import Sweep, SweepKind, SweepStatus, step_rows
from penstock.model.task import Outcome
from penstock.ports.sweeps import SweepStep


class MemorySweeps:
    """`Sweeps` over a `MemoryCluster`."""

    def __init__(self, cluster: MemoryCluster, trip: Trip) -> None:
        self._cluster = cluster
        self._trip = trip

    async def begin(self, sweep: Sweep) -> Sweep:
        return await self._trip("sweeps.begin", lambda: self._begin(sweep))

    async def stop(self, namespace_id: int, sweep_id: bytes, stopped_by: str) -> Sweep:
        return await self._trip("sweeps.stop", lambda: self._stop(namespace_id, sweep_id, stopped_by))

    async def newest(self, namespace_id: int, limit: int) -> Sequence[Sweep]:
        return await self._trip("sweeps.newest", lambda: self._newest(namespace_id, limit))

    async def next_step_in_s(self) -> float | None:
        return await self._trip("sweeps.next_step_in_s", self._next_step_in_s)

    async def step(self) -> SweepStep | None:
        return await self._trip("sweeps.step", self._step)

    def _begin(self, sweep: Sweep) -> Sweep:
        cluster, wanted = self._cluster, sweep.wanted
        if wanted.lambda_name and (sweep.namespace_id, wanted.lambda_name) not in cluster.lambda_ids:
            raise NotFound(f"no lambda {wanted.lambda_name} is known in this namespace")
        now_us = cluster.now_us()
        until_us = min(wanted.until_us or now_us, now_us)
        order = structs.replace(
            sweep, wanted=structs.replace(wanted, until_us=until_us), created_at_us=now_us, status=SweepStatus.RUNNING
        )
        row = SweepRow(order, TaskId(b""), stepped_at_us=now_us, pause_us=0)
        return cluster.sweeps.setdefault(sweep.id, row).sweep

    def _stop(self, namespace_id: int, sweep_id: bytes, stopped_by: str) -> Sweep:
        row = self._cluster.sweeps.get(sweep_id)
        if row is None or row.sweep.namespace_id != namespace_id:
            raise NotFound("no sweep with this id in this namespace")
        if row.sweep.status is not SweepStatus.RUNNING:
            return row.sweep
        sweep = structs.replace(
            row.sweep, status=SweepStatus.STOPPED, ended_at_us=self._cluster.now_us(), stopped_by=stopped_by
        )
        self._cluster.sweeps[sweep_id] = replace(row, sweep=sweep)
        return sweep

    def _newest(self, namespace_id: int, limit: int) -> Sequence[Sweep]:
        own = [row.sweep for row in self._cluster.sweeps.values() if row.sweep.namespace_id == namespace_id]
        return sorted(own, key=lambda sweep: (sweep.created_at_us, sweep.id), reverse=True)[:limit]

    def _waits(self) -> list[tuple[int, bytes]]:
        now_us, rows = self._cluster.now_us(), self._cluster.sweeps.values()
        return sorted((row.waits_us(now_us), row.sweep.id) for row in rows if row.sweep.status is SweepStatus.RUNNING)

    def _next_step_in_s(self) -> float | None:
        waits = self._waits()
        return waits[0][0] / 1_000_000 if waits else None

    def _step(self) -> SweepStep | None:
        waits = self._waits()
        if not waits or waits[0][0]:
            return None
        row, now_us = self._cluster.sweeps[waits[0][1]], self._cluster.now_us()
        sweep, rows_max = row.sweep, step_rows(row.sweep.rate_per_s)
        letters = self._letters(sweep, row.reached)[:rows_max]
        lanes = self._redrive(sweep, letters) if sweep.kind is SweepKind.REDRIVE else self._purge(letters)
        is_last = len(letters) < rows_max
        sweep = structs.replace(
            sweep,
            handled=sweep.handled + len(letters),
            status=SweepStatus.DONE if is_last else sweep.status,
            ended_at_us=now_us if is_last else 0,
        )
        pause_us = round(len(letters) / sweep.rate_per_s * 1_000_000)
        self._cluster.sweeps[sweep.id] = SweepRow(sweep, letters[-1] if letters else row.reached, now_us, pause_us)
        return SweepStep(sweep, lanes)

    def _letters(self, sweep: Sweep, reached: TaskId) -> list[TaskId]:
        outcomes = self._cluster.outcomes
        return sorted(key for key, ended in outcomes.items() if key > reached and self._is_wanted(sweep, ended))

    def _is_wanted(self, sweep: Sweep, ended: Outcome) -> bool:
        wanted, task = sweep.wanted, self._cluster.tasks[ended.id]
        name = self._cluster.lambdas[lambda_of(ended.lane)].name
        return (
            ended.status is Status.DEAD
            and task.namespace_id == sweep.namespace_id
            and task.retried_as is None
            and wanted.lambda_name in ("", name)
            and wanted.collection in ("", task.collection)
            and wanted.error_type in ("", ended.failure.type)
            and wanted.cause in ("", ended.reason)
            and wanted.from_us <= ended.finished_at_us < wanted.until_us
        )

    def _redrive(self, sweep: Sweep, letters: Sequence[TaskId]) -> frozenset[LaneId]:
        if not letters:
            return frozenset()
        new_ids = make_ids(self._cluster.now_us() // 1000, sweep.id + letters[0], len(letters))
        for letter, new_id in zip(letters, new_ids, strict=True):
            self._cluster.try_again(letter, new_id)
            self._cluster.adopt(self._cluster.tasks[new_id])
        return frozenset(self._cluster.tasks[letter].lane for letter in letters)

    def _purge(self, letters: Sequence[TaskId]) -> frozenset[LaneId]:
        for letter in letters:
            del self._cluster.outcomes[letter], self._cluster.tasks[letter]
            self._cluster.history.pop(letter, None)
        return frozenset()
