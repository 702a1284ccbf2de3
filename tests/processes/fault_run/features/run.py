"""Faults while operators pause, drop, cancel and redrive, and a clock ticks; then quiet, then the truth."""

import asyncio
import contextlib
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from penstock.model.lifecycle import Status
from tests.processes.fault_run import dump
from tests.processes.fault_run.features import lambdas
from tests.processes.fault_run.features.history import Ended, FeatureHistory
from tests.processes.fault_run.features.operators import Canceller, Feeder, Gatekeeper, Redriver, Weaver
from tests.processes.fault_run.history import History
from tests.processes.fault_run.lambdas import FOLDER
from tests.processes.fault_run.lifelines import read_deaths
from tests.processes.fault_run.nemesis import Fault, Nemesis
from tests.processes.fault_run.records import read_records
from tests.processes.fault_run.stack import Stack, in_one_group, stack

APP: Final = "tests.processes.fault_run.features.lambdas:app"
QUIET_WITHIN_S: Final = 120.0
_ENDED: Final = """
    select o.id, l.name, coalesce(t.collection, ''), o.status, r.old_id,
        case when t.periodic_id is not null then t.scheduled_at end
    from penstock.outcome o join penstock.task t using (id) join penstock.lambda l on l.id = t.lane / 4
        left join penstock.retry_link r on r.new_id = o.id
"""


@dataclass
class FeatureRun:
    """What came of it."""

    history: FeatureHistory
    faults: list[Fault]
    redriven: int
    left: list[str]


async def feature_run(folder: Path, seed: int) -> FeatureRun:
    """One round over all faults; the redrive is ordered when half of them are over."""
    os.environ[FOLDER] = str(folder)
    async with stack(folder, APP, in_one_group(*lambdas.app.lambdas())) as platform:
        lambdas.app.connect(platform.address)
        try:
            return await _on(platform, seed)
        finally:
            lambdas.app.close()


async def _on(platform: Stack, seed: int) -> FeatureRun:
    feeder, gatekeeper, canceller, weaver = Feeder(), Gatekeeper(), Canceller(), Weaver()
    redriver, nemesis = Redriver(platform.address), Nemesis(platform, seed)
    cancelling = asyncio.create_task(canceller.run(feeder.to_cancel))
    async with asyncio.TaskGroup() as group:
        group.create_task(feeder.run())
        group.create_task(gatekeeper.run(feeder.stopped))
        group.create_task(weaver.run(feeder.stopped))
        killing = group.create_task(nemesis.run(rounds=1))
        await _half_over(nemesis, killing)
        dead = await _dead_letters(platform)
        sweep_id = await redriver.order()
        await killing
        feeder.stopped.set()
    while len(canceller.cancels) < sum(kind == "long" for _, kind, _ in feeder.due):
        await asyncio.sleep(0.1)
    cancelling.cancel()
    redriven = await redriver.done(sweep_id)
    await redriver.pause_clock()
    connection = await dump.connect(platform.engines.postgres_dsn)
    await _quiet(connection)
    left = await dump.live_rows(connection)
    await platform.stop_workers()
    starts, ends = read_records(platform.folder)
    live = await dump.live_count(connection)
    base = History(starts=starts, ends=ends, deaths=read_deaths(platform.folder), live=live)
    ended = await _ended(connection)
    await connection.close()
    return FeatureRun(
        FeatureHistory(base, feeder.due, gatekeeper.windows, canceller.cancels, ended, weaver.kin, dead),
        nemesis.faults,
        redriven,
        left,
    )


async def _half_over(nemesis: Nemesis, killing: "asyncio.Task[None]") -> None:
    while len(nemesis.faults) < 4 and not killing.done():
        await asyncio.sleep(0.1)


async def _dead_letters(platform: Stack) -> frozenset[bytes]:
    async def ask() -> frozenset[bytes]:
        connection = await dump.connect(platform.engines.postgres_dsn)
        try:
            rows = await connection.fetch("select id from penstock.outcome where status = $1", Status.DEAD)
            return frozenset(row[0].bytes for row in rows)
        finally:
            await connection.close()

    while True:
        with contextlib.suppress(Exception):  # the engine may be the one that is being killed
            if found := await ask():
                return found
        await asyncio.sleep(0.2)


async def _ended(connection: Any) -> list[Ended]:
    return [
        Ended(
            task_id.bytes,
            name.partition(".")[2],
            collection,
            Status(status),
            old_id.bytes if old_id else None,
            _us(tick) if tick else None,
        )
        for task_id, name, collection, status, old_id, tick in await connection.fetch(_ENDED)
    ]


def _us(at: Any) -> int:
    seconds: float = at.timestamp()
    return round(seconds * 1_000_000)


async def _quiet(connection: Any) -> None:
    ends_at_s = time.monotonic() + QUIET_WITHIN_S
    while await dump.live_count(connection) and time.monotonic() < ends_at_s:
        await asyncio.sleep(0.2)
