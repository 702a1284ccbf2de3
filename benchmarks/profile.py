"""Where the time goes: samples every process of the platform while it is under load.

python -m benchmarks.profile [bulk | drain | single | sleepers | lambdas | events | uniform | unique] [--seconds 15]
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import psutil
from rich.console import Console

from benchmarks import orders
from benchmarks.bench import Bench, full
from benchmarks.lambdas import event_layout
from benchmarks.lambdas.layout import cells_for, started_at_ns
from benchmarks.platform import START_TIMEOUT_S, Platform
from benchmarks.rows import steady
from benchmarks.rows.event_load import event_load, places
from benchmarks.rows.events import UNIFORM, UNIQUE, ZIPF
from benchmarks.rows.sleepers import SLEEPERS, lay_to_sleep
from benchmarks.shapes import Shape
from benchmarks.stacks import Spent, spent
from benchmarks.statements import sample_statements
from penstock.adapters.embedded import EmbeddedEngines

SAMPLES_PER_S = 100
LAMBDAS_PER_S = 1_800.0
LAMBDAS_TASKS = 200_000
DRAIN_TASKS = 600_000
SCAFFOLDING = (
    "<frozen",
    "asyncio/",
    "uvloop/",
    "threading.py",
    "typer/",
    "benchmarks/clients/__main__",
    "penstock/cli/",
)
"""everything is called by these"""
console = Console(width=150)


async def profile(load: str, seconds: int, top: int, keep: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="penstock-profile-") as folder:
        engines = await EmbeddedEngines.start(Path(folder) / "engines")
        try:
            async with LOADS[load](full(engines, Path(folder))) as platform:
                before = platform.usage()
                executed = platform.cells.values[0]
                samplers = [_sample(role, pid, seconds, keep) for role, pid in _python_processes(platform)]
                watching = asyncio.create_task(sample_statements(platform.dsn, seconds))
                await asyncio.gather(*samplers)
                statements = await watching
                cpu_s = platform.usage().cpu_since(before)
                executed = platform.cells.values[0] - executed
        finally:
            await engines.stop()
    console.print(f"{load}: {executed:,} tasks, or events of a subscription; CPU seconds in about {seconds} s: {cpu_s}")
    _print("postgres, by statement (and what it waits for)", statements, top)
    for file in sorted(keep.glob("*.raw")):
        _print(file.stem, spent(file.read_text().splitlines()), top)


@asynccontextmanager
async def _bulk(bench: Bench) -> AsyncIterator[Platform]:
    async with bench.platform() as platform, platform.store() as store, steady.steady_load(platform, store):
        yield platform


@asynccontextmanager
async def _drain(bench: Bench) -> AsyncIterator[Platform]:
    async with bench.platform() as platform:
        await platform.deploy("noop")
        client = await platform.client("bulk", orders.Bulk(orders.Total(DRAIN_TASKS)), orders.Sent)
        client.go()
        await client.report()
        await platform.start_worker("noop")
        await platform.executed(DRAIN_TASKS // 20, START_TIMEOUT_S)
        yield platform


@asynccontextmanager
async def _single(bench: Bench) -> AsyncIterator[Platform]:
    async with bench.platform() as platform:
        await platform.start_worker("noop")
        client = await platform.client("single", orders.Single(500), orders.Sent)
        client.go()
        await platform.executed(5_000, START_TIMEOUT_S)
        yield platform
        client.stop()
        await client.report()


@asynccontextmanager
async def _beside_sleepers(bench: Bench) -> AsyncIterator[Platform]:
    async with bench.platform() as platform, platform.store() as store:
        await lay_to_sleep(platform, store)
        async with steady.steady_load(platform, store, SLEEPERS):
            yield platform


@asynccontextmanager
async def _lambdas(bench: Bench) -> AsyncIterator[Platform]:
    """Small batches to many executors: tasks of nine lambdas in turn at a steady rate."""
    async with bench.platform(cells_for(LAMBDAS_TASKS)) as platform:
        await platform.start_worker("ten")
        order = orders.Quiet(LAMBDAS_TASKS, LAMBDAS_PER_S, first=0, one_lambda=False)
        client = await platform.client("quiet", order, orders.Called)
        client.go()
        await platform.comes_true(lambda: all(started_at_ns(platform.cells.values, 5_000)), START_TIMEOUT_S)
        yield platform
        client.stop()
        await client.report()


@asynccontextmanager
async def _events(shape: Shape, bench: Bench) -> AsyncIterator[Platform]:
    async with bench.platform(event_layout.cells_for(places(shape))) as platform, event_load(platform, shape):
        yield platform


LOADS = {
    "bulk": _bulk,
    "drain": _drain,
    "single": _single,
    "sleepers": _beside_sleepers,
    "lambdas": _lambdas,
    "events": partial(_events, ZIPF),
    "uniform": partial(_events, UNIFORM),
    "unique": partial(_events, UNIQUE),
}


def _python_processes(platform: Platform) -> list[tuple[str, int]]:
    found = []
    for name, pid in platform.pids().items():
        found.append(("controller" if name == "worker" else name, pid))
        if name == "worker":
            children = psutil.Process(pid).children()
            found += [("executor", child.pid) for child in children if "executor_main" in " ".join(child.cmdline())]
    return found


async def _sample(role: str, pid: int, seconds: int, folder: Path) -> None:
    # Only who holds the interpreter's lock: what waits in epoll would count as busy. gRPC's own threads aren't seen.
    what = ["record", "--pid", str(pid), "--function", "--gil"]
    how = ["--duration", str(seconds), "--rate", str(SAMPLES_PER_S)]
    output = ["--format", "raw", "--output", str(folder / f"{role}.raw")]
    sampler = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("py-spy")),
        *what,
        *how,
        *output,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    await sampler.wait()


def _print(role: str, seen: Spent, top: int) -> None:
    console.print(f"\n[bold]{role}[/bold]: {seen.samples} samples")
    inside = [(name, share) for name, share in seen.inside if not name.startswith(SCAFFOLDING)]
    for title, shares in (("itself", seen.itself), ("with what it calls", inside)):
        console.print(f"  {title}")
        for name, share in shares[:top]:
            console.print(f"    {100 * share:5.1f} %  {name}", highlight=False)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile", description=__doc__)
    parser.add_argument("load", nargs="?", choices=LOADS, default="bulk")
    parser.add_argument("--seconds", type=int, default=15)
    parser.add_argument("--top", type=int, default=12)
    parser.add_argument("--keep", type=Path, help="folder for the raw samples, for a flame graph")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="penstock-samples-") as folder:
        keep = wanted.keep or Path(folder)
        keep.mkdir(parents=True, exist_ok=True)
        asyncio.run(profile(wanted.load, wanted.seconds, wanted.top, keep))


if __name__ == "__main__":
    main()
