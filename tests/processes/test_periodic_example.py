"""The example of periodic tasks, by a real worker on a real platform: ticks, a backfill, a removed decorator."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

from penstock.model.identity import split_ids
from penstock.wire.v1 import penstock_pb2 as pb
from tests.processes.platform_fixture import platform

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.processes.platform_fixture import Platform

__all__ = ["platform"]

EXAMPLE = Path(__file__).parents[2] / "examples" / "periodic"
PATIENCE_S = 60.0
SECOND_US = 1_000_000
SMALLER = """
from penstock import App

app = App("reports")

@app.periodic("0 9 * * MON-FRI", tz="Europe/Berlin")
async def morning() -> str:
    return ""
"""


def until(holds: Callable[[], bool]) -> None:
    """Looks again and again, for as long as only a broken program would need."""
    end_s = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end_s, "it never came to that"
        time.sleep(0.02)


def counted(file: Path) -> list[int]:
    return [json.loads(line)["tick_us"] for line in file.read_text().splitlines()] if file.exists() else []


def test_the_example_ticks_is_backfilled_and_forgets_what_left_its_code(platform: Platform, tmp_path: Path) -> None:
    frontend = platform.frontend
    file = tmp_path / "counts.jsonl"

    def schedule(name: str) -> pb.PeriodicSchedule:
        found: pb.PeriodicSchedule = frontend.GetPeriodic(pb.GetPeriodicRequest(name=name)).schedule
        return found

    with platform.worker("reports:app", PYTHONPATH=str(EXAMPLE), REPORTS_FILE=str(file)):
        until(lambda: len(counted(file)) >= 2)
        ticks = counted(file)
        assert len(set(ticks)) == len(ticks), "no tick twice"
        assert all(tick % SECOND_US == 0 for tick in ticks)
        assert schedule("reports.count").app == "reports"

        backfill = pb.BackfillPeriodicRequest(
            name="reports.morning",
            from_us=1_742_770_800 * SECOND_US,  # Monday, 24 March 2025 in Berlin
            until_us=1_743_976_800 * SECOND_US,  # the Monday after next: in between the clock is set forwards
        )
        assert frontend.BackfillPeriodic(backfill).made == 10
        page = frontend.GetPeriodic(pb.GetPeriodicRequest(name="reports.morning"))
        ids = split_ids(page.task_ids)
        ended: dict[bytes, bytes] = {}
        while len(ended) < 10:
            waiting = b"".join(each for each in ids if each not in ended)
            for task in frontend.AwaitTasks(pb.AwaitTasksRequest(task_ids=waiting, wait_s=10)).ended:
                ended[task.task_id] = task.result
        assert ended[ids[-1]] == b'"the report of Monday, 24 March 2025, 09:00"'
        assert ended[ids[0]] == b'"the report of Friday, 04 April 2025, 09:00"'

    (platform.folder / "smaller_reports.py").write_text(SMALLER)
    with platform.worker("smaller_reports:app"):
        until(lambda: schedule("reports.count").retired)
        assert not schedule("reports.morning").retired
    last_tick_us = schedule("reports.count").last_tick_us

    with platform.worker("reports:app", PYTHONPATH=str(EXAMPLE), REPORTS_FILE=str(file)):
        until(lambda: schedule("reports.count").last_tick_us > last_tick_us)
        assert not schedule("reports.count").retired
    for name in ("reports.count", "reports.morning"):
        frontend.DeletePeriodic(pb.DeletePeriodicRequest(name=name))
