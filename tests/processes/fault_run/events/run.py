"""One run with events from start to end."""

import asyncio
import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from penstock.testing.lossy_pings import lost_pings
from tests.processes.fault_run import dump
from tests.processes.fault_run.events import lambdas
from tests.processes.fault_run.events.actors import Clerk, Publishers, Shop, make_table, source_settings
from tests.processes.fault_run.events.given import read_notebooks
from tests.processes.fault_run.events.history import EventHistory, Subscribed
from tests.processes.fault_run.events.look import CursorWatch, behind, letters_of, rows_of, truth_of, unheard
from tests.processes.fault_run.events.lossy_server import SHARE_FILE
from tests.processes.fault_run.history import History
from tests.processes.fault_run.lambdas import FOLDER
from tests.processes.fault_run.lifelines import read_deaths
from tests.processes.fault_run.nemesis import Fault, Nemesis
from tests.processes.fault_run.records import read_records
from tests.processes.fault_run.stack import Stack, in_one_group, stack

APP: Final = "tests.processes.fault_run.events.lambdas:app"
SERVER: Final = "tests.processes.fault_run.events.lossy_server"
QUIET_WITHIN_S: Final = 120.0
"""after the last fault: what is not done by then is lost"""
SUBSCRIBED: Final[Mapping[str, Subscribed]] = {
    "index": Subscribed(lambdas.CHANGES),
    "notify": Subscribed(lambdas.CHANGES, after="index"),
    "audit": Subscribed(lambdas.CHANGES, wanted=lambdas.WANTED),
    "report": Subscribed(lambdas.CHANGES, after="audit"),
    "ship": Subscribed(lambdas.ORDERS),
}


@dataclass(frozen=True)
class EventPlan:
    """How much of everything. `hold_s`: how long a transaction stays open; `spared`: faults that do not come."""

    events_per_s: float
    hold_s: float
    rounds: int
    spared: frozenset[str] = frozenset()
    unheard: int = 100
    """events after the last fault of which no ping is heard"""


@dataclass
class EventRun:
    """What came of it. `left`: who was behind at the end; `overtaken`: see `Shop`; `lost`: pings, of how many."""

    history: EventHistory
    faults: list[Fault]
    left: list[str]
    overtaken: list[int]
    lost: tuple[int, int]
    logs: list[Path]
    seconds: dict[str, float] = field(default_factory=dict)

    def told(self) -> str:
        """In a line."""
        lost, all_pings = self.lost
        times = "  ".join(f"{name} {at_s:.1f}" for name, at_s in self.seconds.items())
        events = sum(map(len, self.history.truth.values()))
        given = sum(len(each.events) for each in self.history.given)
        return (
            f"{len(self.faults)} faults ({', '.join(fault.kind for fault in self.faults)}), {events} events, given"
            f" {given} times in {len(self.history.given)} executions, {len(self.history.letters)} letters, {lost} of"
            f" {all_pings} pings lost, transactions held open were overtaken by {self.overtaken} rows,"
            f" {len(self.history.samples)} cursors seen; seconds: {times}"
        )


async def event_run(plan: EventPlan, folder: Path, seed: int) -> EventRun:
    """Faults while everybody is at work, then pings that nobody hears, then quiet, then the truth."""
    os.environ[FOLDER] = str(folder)
    papers = folder / "papers"
    papers.mkdir()
    (folder / SHARE_FILE).write_text("0.3")
    kinds = [f"{lambdas.app.name}.{kind}" for kind in (*SUBSCRIBED, "file_away", "quick", "slow")]
    sources = json.dumps(source_settings(papers))
    began_s = time.monotonic()
    async with stack(
        folder,
        APP,
        in_one_group(*kinds),
        server=SERVER,
        prepare=make_table,
        PENSTOCK_SOURCES=sources,
        PENSTOCK_REFRESH_RECENT_EVERY_S="1",
        PENSTOCK_REFRESH_FULL_EVERY_S="5",
    ) as platform:
        lambdas.app.connect(platform.address)
        try:
            return await _on(platform, plan, seed, papers, began_s)
        finally:
            lambdas.app.close()


async def _on(platform: Stack, plan: EventPlan, seed: int, papers: Path, began_s: float) -> EventRun:
    publishers, clerk = Publishers(seed), Clerk(papers)
    shop = Shop(platform.engines.postgres_dsn, plan.hold_s)
    nemesis, watch = Nemesis(platform, seed, lambdas), CursorWatch(platform.engines.postgres_dsn)
    stopped, over = asyncio.Event(), asyncio.Event()
    seconds = {"started": time.monotonic() - began_s}
    watching = asyncio.create_task(watch.run(over))
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(publishers.run(stopped, plan.events_per_s))
            group.create_task(shop.run(stopped))
            group.create_task(clerk.run(stopped))
            await nemesis.run(plan.rounds, plan.spared)
            seconds["faults over"] = time.monotonic() - began_s
            stopped.set()
        seconds["everybody stopped"] = time.monotonic() - began_s
        (platform.folder / SHARE_FILE).write_text("1")
        await publishers.publish(plan.unheard)
        await shop.write(plan.unheard // 10)
        seconds["nobody heard"] = time.monotonic() - began_s
        connection = await dump.connect(platform.engines.postgres_dsn)
        await _heard(connection)
        seconds["all is known"] = time.monotonic() - began_s
        left = await _quiet(connection)
        seconds["quiet"] = time.monotonic() - began_s
    finally:
        over.set()
        await watching
    await platform.stop_workers()
    history = await _history(platform, connection, publishers, shop, clerk, watch)
    await connection.close()
    seconds["over"] = time.monotonic() - began_s
    lost, logs = lost_pings(platform.folder / SHARE_FILE), [process.log for process in platform.processes]
    return EventRun(history, nemesis.faults, left, shop.overtaken, lost, logs, seconds)


async def _heard(connection: Any) -> None:
    """Until refresh has found what nobody told."""
    ends_at_s = time.monotonic() + QUIET_WITHIN_S
    streams = {name: of.stream for name, of in SUBSCRIBED.items() if not of.after}
    while await unheard(connection, streams) and time.monotonic() < ends_at_s:
        await asyncio.sleep(0.1)


async def _quiet(connection: Any) -> list[str]:
    """Who is behind after all; nobody."""
    ends_at_s, streams = time.monotonic() + QUIET_WITHIN_S, {name: of.stream for name, of in SUBSCRIBED.items()}
    while (left := await behind(connection, streams)) and time.monotonic() < ends_at_s:
        await asyncio.sleep(0.2)
    return left


async def _history(
    platform: Stack, connection: Any, publishers: Publishers, shop: Shop, clerk: Clerk, watch: CursorWatch
) -> EventHistory:
    starts, ends = read_records(platform.folder)
    given, done = read_notebooks(platform.folder)
    committed = [(lambdas.ORDERS, order, number, own) for order, number, own in shop.committed]
    return EventHistory(
        base=History(starts=starts, ends=ends, deaths=read_deaths(platform.folder)),
        subscribed=SUBSCRIBED,
        acknowledged=[*publishers.acknowledged, *committed],
        truth=await truth_of(connection),
        given=given,
        done=done,
        letters=await letters_of(connection),
        samples=watch.samples,
        rows=await rows_of(connection),
        sizes=clerk.sizes(),
    )
