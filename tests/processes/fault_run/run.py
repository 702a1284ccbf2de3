"""One fault run from start to end."""

import asyncio
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.processes.fault_run import dump, lambdas
from tests.processes.fault_run.clients import Clients
from tests.processes.fault_run.forger import Forger
from tests.processes.fault_run.history import History
from tests.processes.fault_run.lifelines import read_deaths
from tests.processes.fault_run.logs import count_refused
from tests.processes.fault_run.nemesis import Fault, Nemesis
from tests.processes.fault_run.observer import Observer
from tests.processes.fault_run.plan import ENDS_AS, Plan
from tests.processes.fault_run.records import read_records
from tests.processes.fault_run.stack import Stack, in_one_group, stack

QUIET_WITHIN_S: Final = 120.0
"""after the last fault: what still waits by then is lost"""
APP: Final = "tests.processes.fault_run.lambdas:app"


@dataclass
class Run:
    """What came of it. `left`: rows that still wait, for a person to read."""

    history: History
    faults: list[Fault]
    baits: int
    refused: int
    refused_by_log: int
    client_failures: list[str]
    repeated: int
    logs: list[Path]
    left: list[str] = field(default_factory=list)
    exit_codes: list[int] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)


async def fault_run(plan: Plan, folder: Path, seed: int) -> Run:
    """Faults while clients schedule, then quiet, then the truth from every side."""
    groups = in_one_group(*(f"{lambdas.app.name}.{kind}" for kind in ENDS_AS))  # another run may have given it more
    began_s = time.monotonic()
    async with stack(folder, APP, groups) as platform:
        lambdas.app.connect(platform.address)
        try:
            return await _on(platform, plan, seed, began_s)
        finally:
            lambdas.app.close()


async def _on(platform: Stack, plan: Plan, seed: int, began_s: float) -> Run:
    clients = Clients(plan, platform.address)
    nemesis, forger = Nemesis(platform, seed), Forger(platform)
    observer = Observer(clients, platform.address, seed)
    seconds = {"started": time.monotonic() - began_s}
    aside = [asyncio.create_task(each.run()) for each in (forger, observer)]
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(clients.run())
            group.create_task(nemesis.run(plan.rounds))
        seconds["faults over"] = time.monotonic() - began_s
        connection = await dump.connect(platform.engines.postgres_dsn)
        await _quiet(connection)
        await forger.once()
        seconds["quiet"] = time.monotonic() - began_s
    finally:
        for task in aside:
            task.cancel()
        await asyncio.gather(*aside, return_exceptions=True)
    left = await dump.live_rows(connection)
    exit_codes = await platform.stop_workers()
    history = await _history(platform, connection, clients, nemesis, observer, forger)
    await connection.close()
    return Run(
        history,
        nemesis.faults,
        nemesis.baits,
        forger.refused,
        count_refused(platform.orchestrator.log),
        clients.failures,
        clients.repeated,
        [process.log for process in platform.processes],
        left,
        exit_codes,
        seconds,
    )


async def _quiet(connection: Any) -> None:
    ends_at_s = time.monotonic() + QUIET_WITHIN_S
    while await dump.live_count(connection) and time.monotonic() < ends_at_s:
        await asyncio.sleep(0.2)


async def _history(
    platform: Stack, connection: Any, clients: Clients, nemesis: Nemesis, observer: Observer, forger: Forger
) -> History:
    starts, ends = read_records(platform.folder)
    return History(
        asked=[*clients.asked, *nemesis.asked.values()],
        stored=await dump.stored(connection),
        outcomes=await dump.outcomes(connection),
        tried=await dump.tried(connection),
        starts=starts,
        ends=ends,
        deaths=read_deaths(platform.folder),
        seen=observer.seen,
        accepted=forger.accepted,
        listed=await dump.listed(platform.address),
        live=await dump.live_count(connection),
    )
