"""The worker in Go, built of generated stubs and run against a real platform."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from penstock import App, Status, TaskCancelled, TaskDead, TaskFailed
from tests.processes.cli_runner import PATIENCE_S
from tests.processes.platform_fixture import Platform, Server, platform

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["platform"]

ROOT: Final = Path(__file__).parents[2]
SOURCES: Final = ROOT / "examples" / "worker-go"
MADE: Final = shutil.ignore_patterns("bin", "penstockpb", "worker")
BUILD_S: Final = 900
"""on a busy machine with nothing built before"""


def go() -> str:
    """The compiler; the test is skipped where there is none."""
    found = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin")
    if found is None:
        pytest.skip("there is no Go: https://go.dev/doc/install")
    return found


@pytest.fixture(name="worker", scope="module")
def worker_fixture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, built as its README says."""
    compiler = go()
    here = Path(shutil.copytree(SOURCES, tmp_path_factory.mktemp("go") / "worker-go", ignore=MADE))
    environment = {
        **os.environ,
        "PATH": f"{Path(compiler).parent}{os.pathsep}{os.environ['PATH']}",
        "PROTOC": f"{sys.executable} -m grpc_tools.protoc",
        "GOFLAGS": "-mod=readonly -buildvcs=false",
    }

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=here, env=environment, capture_output=True, text=True, timeout=BUILD_S, check=False
        )

    fetched = run(compiler, "mod", "download")
    if fetched.returncode:
        pytest.skip(f"its modules cannot be had: {fetched.stderr[-300:]}")
    for command in (["./generate.sh", str(ROOT / "proto")], [compiler, "build", "-o", "worker", "."]):
        done = run(*command)
        assert done.returncode == 0, done.stderr
    return here / "worker"


def until(condition: Callable[[], Any]) -> None:
    """Polls, for a program that is not broken only a moment."""
    ends_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < ends_s
        time.sleep(0.05)


def lease_ends(platform: Platform) -> Any:
    """Of the only task that is processing."""
    return platform.sql("select max(trigger_at) as ends from penstock.trigger where status = $1", Status.PROCESSING)[0][
        "ends"
    ]


@pytest.mark.slow
def test_a_worker_in_another_language_does_all_that_a_worker_owes(platform: Platform, worker: Path) -> None:
    app = App("caller", address=platform.address)
    add, flaky, rest = (app.lambda_(f"gopher.{name}") for name in ("add", "flaky", "rest"))
    early = add.schedule_sync(numbers=[1, 2, 3.5])
    server = Server("gopher", [str(worker)], {"PENSTOCK_ADDRESS": platform.address}, platform.folder)
    try:
        assert early.result_sync(PATIENCE_S) == 6.5
        again, fatal = flaky.schedule_sync(failures=2), flaky.schedule_sync(failures=1, fatal=True)
        unread = add.schedule_sync(numbers="three")
        resting = rest.schedule_sync(seconds=3_600)
        assert again.result_sync(PATIENCE_S) == 2, "it is told how often it has failed before"
        with pytest.raises(TaskFailed, match="never"):
            fatal.result_sync(PATIENCE_S)
        with pytest.raises(TaskDead, match="cannot unmarshal string"):
            unread.result_sync(PATIENCE_S)
        until(lambda: resting.status_sync() is Status.PROCESSING)  # as its heartbeat has told
        first = lease_ends(platform)
        until(lambda: lease_ends(platform) > first)
        resting.cancel_sync()
        with pytest.raises(TaskCancelled):
            resting.result_sync(PATIENCE_S)
        many = [add.schedule_sync(numbers=[at]) for at in range(50)]  # more than it has slots
        assert [each.result_sync(PATIENCE_S) for each in many] == list(range(50))
        last = rest.schedule_sync(seconds=0.5)
        until(lambda: last.status_sync() in {Status.CLAIMED, Status.PROCESSING, Status.SUCCESS})
    finally:
        code = server.stop()
    assert (code, "left in order" in server.log.read_text()) == (0, True), server.log.read_text()
    assert last.result_sync(PATIENCE_S) == "rested", "what runs is finished before it leaves"
