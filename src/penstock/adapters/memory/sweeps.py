"""Sweeps in memory: which, how fast, and how far they have come."""

from collections.abc import Sequence
from dataclasses import replace

from msgspec import structs

from penstock.adapters.memory.cluster import MemoryCluster
from penstock.adapters.memory.rows import SweepRow
from penstock.adapters.memory.sweep_steps import handle_page
from penstock.adapters.memory.trip import Trip
from penstock.model.errors import NotFound
from penstock.model.identity import TaskId
from penstock.model.sweep import DeadLetterFilter, Sweep, SweepStatus, step_rows
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
        if isinstance(wanted, DeadLetterFilter):
            wanted = structs.replace(wanted, until_us=min(wanted.until_us or now_us, now_us))
        order = structs.replace(sweep, wanted=wanted, created_at_us=now_us, status=SweepStatus.RUNNING)
        last = max(cluster.live.keys() & cluster.tasks.keys(), default=TaskId(b""))
        row = SweepRow(order, TaskId(b""), stepped_at_us=now_us, pause_us=0, last=last)
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
        rows_max = step_rows(row.sweep.rate_per_s)
        done = handle_page(self._cluster, row, rows_max)
        is_last = len(done.page) < rows_max
        sweep = structs.replace(
            row.sweep,
            handled=row.sweep.handled + done.handled,
            status=SweepStatus.DONE if is_last else row.sweep.status,
            ended_at_us=now_us if is_last else 0,
        )
        pause_us = round(len(done.page) / sweep.rate_per_s * 1_000_000)
        reached = done.page[-1] if done.page else row.reached
        self._cluster.sweeps[sweep.id] = SweepRow(sweep, reached, now_us, pause_us, row.last)
        return SweepStep(sweep, done.lanes, done.ended, done.asked, done.children)
