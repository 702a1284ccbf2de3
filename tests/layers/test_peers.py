"""The peers' benchmark with a system of its own that needs no download: names, loads, verdicts, the table."""

from __future__ import annotations

import ast
import io
import shutil
import threading
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

import msgspec
import pytest
from rich.console import Console

from benchmarks.__main__ import main
from benchmarks.cells import Cells
from benchmarks.peers import packages
from benchmarks.peers.environment import REQUIREMENTS, versions_of
from benchmarks.peers.marks import Marker, Marks, cells_for
from benchmarks.peers.peer import Durability, Ground, Peer, Server, Unavailable
from benchmarks.peers.plan import PEERS, WORKLOADS, UnknownPeers, chosen_peers
from benchmarks.peers.run import Run
from benchmarks.peers.site import Site
from benchmarks.peers.table import COLUMNS, show
from benchmarks.peers.workloads import workload
from benchmarks.peers.workloads.killed import TASKS as KILLED_TASKS
from benchmarks.peers.workloads.workload import FULL, QUICK, Phases, Workload, all_run
from benchmarks.row import RowFailed
from tests.law.tree import ROOT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from contextlib import AbstractAsyncContextManager

    from benchmarks.peers.report import Report
    from penstock.adapters.embedded import EmbeddedEngines

PROMISED = [
    "penstock",
    "celery-rabbitmq",
    "celery-redis",
    "dramatiq-rabbitmq",
    "taskiq-jetstream",
    "procrastinate",
    "pgqueuer",
    "dbos",
]
BRIEF = Phases(bulk_s=0.2, single_s=0.05, latency_s=0.2, killed_s=60.0, settled_s=0.2, delay_s=0.3)
PROGRAM = "tests.layers.peer_program"
NO_ENGINES = cast("EmbeddedEngines", None)


@asynccontextmanager
async def folder_server(ground: Ground) -> AsyncIterator[Server]:
    yield Server({"PEER_ADDRESS": str(ground.folder / "queue")}, {"folder": "1.0"})


@asynccontextmanager
async def no_server(ground: Ground) -> AsyncIterator[Server]:
    if ground.folder.name:
        raise Unavailable(f"its server wants the moon\nand {ground.folder.name}")
    yield Server({}, {})


def workers(programs: Path) -> Sequence[Sequence[str]]:
    return [[str(programs / "python"), "-m", PROGRAM]]


def peer(name: str, server: Callable[[Ground], AbstractAsyncContextManager[Server]] = folder_server) -> Peer:
    durability = Durability("2m", "all", "all", "the last two minutes")
    return Peer(name, name.title(), PROGRAM, None, (), server, workers, durability, "a file")


def run_in(folder: Path, told: list[str] | None = None) -> Run:
    tell: list[str] = [] if told is None else told
    return Run(NO_ENGINES, folder, folder, BRIEF, tell.append)


def shown(reports: Sequence[Report]) -> tuple[str, str]:
    console, errors = (Console(record=True, width=200, file=io.StringIO()) for _ in range(2))
    show(reports, console, errors)
    return console.export_text(), errors.export_text()


# ------------------------------------------------------------ which


def test_all_promised_systems_are_measured_by_all_loads() -> None:
    assert [each.name for each in PEERS] == PROMISED
    assert [each.name for each in WORKLOADS] == ["bulk", "drain", "single", "latency", "delayed", "killed"]
    told = {figure for _, figures in COLUMNS for figure in figures}
    assert told <= {figure for load in WORKLOADS for figure in load.figures}


def test_penstock_is_beside_whatever_is_named() -> None:
    assert [each.name for each in chosen_peers("pgqueuer, celery-redis")] == ["penstock", "celery-redis", "pgqueuer"]
    assert [each.name for each in chosen_peers("")] == PROMISED


def test_a_system_that_nobody_knows_is_refused_before_anything_starts(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UnknownPeers, match="rabbit, rq"):
        chosen_peers("rq,dbos,rabbit")
    assert main(["peers", "--only", "rq"]) == 2
    said = capsys.readouterr()
    assert "there is no rq; the systems are:" in said.err
    assert all(name in said.err for name in PROMISED)
    assert not said.out


@pytest.mark.parametrize("each", PEERS, ids=lambda each: each.name)
def test_what_a_system_needs_is_pinned_and_what_it_is_said_to_run_is_there(each: Peer) -> None:
    versions = versions_of(each)
    assert set(versions) == set(each.shown)
    if each.requirements:
        lines = (REQUIREMENTS / each.requirements).read_text().splitlines()
        assert all(line.count("==") == 1 for line in lines)
    source = (ROOT / Path(*each.program.split(".")).with_suffix(".py")).read_text()
    functions = {
        node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert functions >= {"prepare", "connect", "close", "enqueue_many", "enqueue_one", "enqueue_later"}


def test_quick_is_quicker() -> None:
    assert all(getattr(QUICK, name) <= getattr(FULL, name) for name in Phases.__struct_fields__)


# ------------------------------------------------------------ the loads


async def test_every_load_is_measured_on_a_system_of_processes(tmp_path: Path) -> None:
    told: list[str] = []
    report = await run_in(tmp_path, told).report(peer("folder"), WORKLOADS)
    assert not report.failures
    assert set(report.figures) == {figure for load in WORKLOADS for figure in load.figures}
    assert report.versions == {"folder": "1.0"}
    assert report.figures["killed_missing"] == 0
    assert report.figures["killed_twice"] < KILLED_TASKS
    assert report.figures["late_min_ms"] >= 0
    assert all(report.figures[name] > 0 for name in ("bulk_per_s", "drain_per_s", "start_p50_ms", "killed_last_s"))
    assert told == [f"folder: {load.name}" for load in WORKLOADS]
    assert msgspec.json.decode(msgspec.json.encode(report))["figures"] == report.figures


async def test_a_system_that_cannot_be_set_up_is_told_with_its_reason(tmp_path: Path) -> None:
    told: list[str] = []
    report = await run_in(tmp_path, told).report(peer("moon", no_server), WORKLOADS)
    assert report.failures == {"setup": "its server wants the moon\nand moon-bulk"}
    assert told == ["moon: bulk"]
    lines, errors = shown([report])
    assert "not measured: its server wants the moon" in lines
    assert "moon, setup: its server wants the moon" in errors


async def test_a_load_that_fails_keeps_no_other_from_its_turn(tmp_path: Path) -> None:
    async def fails(site: Site, phases: Phases) -> dict[str, float]:
        raise RowFailed("3 of 7 tasks were acknowledged and have not run")

    async def goes(site: Site, phases: Phases) -> dict[str, float]:
        return {"bulk_per_s": 12_345.0}

    loads = [Workload("single", ("single_1_per_s",), fails), Workload("bulk", ("bulk_per_s",), goes)]
    report = await run_in(tmp_path).report(peer("folder"), loads)
    assert report.failures == {"single": "3 of 7 tasks were acknowledged and have not run"}
    lines, errors = shown([report])
    assert "12,345" in lines
    assert "- / - / -" in lines
    assert "folder, single: 3 of 7 tasks" in errors
    assert "the last two minutes" in lines


async def test_a_program_that_does_not_start_is_told_with_its_last_words(tmp_path: Path) -> None:
    broken = msgspec.structs.replace(peer("folder"), program="tests.layers.no_such_program")
    report = await run_in(tmp_path).report(broken, WORKLOADS[:1])
    assert "No module named 'tests.layers.no_such_program'" in report.failures["bulk"]


# ------------------------------------------------------------ the marks


def test_tasks_are_counted_by_as_many_threads_as_run_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    marks = Marks(Cells.create(tmp_path / "cells", cells_for(100)))
    for name, value in marks.cells.environment().items():
        monkeypatch.setenv(name, value)
    marker = Marker()
    together = threading.Barrier(4)

    def run(n: int) -> None:
        together.wait()
        marker.started(n)
        marker.ended(n)
        together.wait()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert marks.executed == 4
    assert len(list(tmp_path.glob("cells.*"))) == 4
    assert marks.ended(0, 6) == [1, 1, 1, 1, 0, 0]
    marker.started(5)
    assert marks.running(0, 6) == 1
    first = marks.started_ns(2, 3)
    marker.started(2)
    marker.ended(2)
    assert marks.started_ns(2, 3) == first  # a second run does not hide when the first one began
    assert marks.ended(2, 3) == [2]
    assert marks.executed == 5


async def test_a_task_that_has_not_run_fails_the_load_however_often_others_ran(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workload, "DRAIN_TIMEOUT_S", 0.0)
    place = Site(peer("folder"), tmp_path, {}, tmp_path)
    for name, value in place.marks.cells.environment().items():
        monkeypatch.setenv(name, value)
    marker = Marker()
    for n in (0, 1, 1):
        marker.ended(n)
    assert place.marks.executed == 3
    with pytest.raises(RowFailed, match="1 of 3 tasks were acknowledged and have not run"):
        await all_run(place, 0, 3)
    marker.ended(2)
    await all_run(place, 0, 3)


async def test_a_worker_that_ends_is_told_at_once_with_its_last_words(tmp_path: Path) -> None:
    def dies(programs: Path) -> Sequence[Sequence[str]]:
        return [[str(programs / "python"), "-c", "raise SystemExit('no such queue')"]]

    report = await run_in(tmp_path).report(msgspec.structs.replace(peer("folder"), workers=dies), WORKLOADS[:1])
    assert "worker-0 has ended" in report.failures["bulk"]
    assert "no such queue" in report.failures["bulk"]


async def test_without_debians_tools_a_server_is_said_to_be_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(Unavailable, match="redis-server: not installed"):
        await packages.unpacked(["redis-server"], tmp_path)
