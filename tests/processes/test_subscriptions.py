"""Subscriptions through a real worker: what it tells when it starts, what it is given, and the example."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from penstock import App, Event
from tests.processes.cli_runner import PATIENCE_S, clean_environment, penstock
from tests.processes.platform_fixture import Platform, Server, platform

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["platform"]

EXAMPLE: Final = Path(__file__).parents[2] / "examples" / "subscriptions"
APP = """
from penstock import App, Event

app = App("quiet")

@app.on("quiet-files", after=["quiet.unheard_of"], batch=7, types=["file.*"], start="beginning", when_dead="skip")
def listen(events: list[Event]) -> None: ...
"""
RING = """
from penstock import App, Event

app = App("ring")

@app.on("files", after=["ring.two"])
def one(events: list[Event]) -> None: ...

@app.on("files", after=[one])
def two(events: list[Event]) -> None: ...
"""

NOISY = r"""
from dataclasses import dataclass
from pathlib import Path
from penstock import App, Event, EventFailed, FatalFailure, Retry

app = App("noisy")

@dataclass
class Change:
    size: int

def note(line: str) -> None:
    with Path("noisy.txt").open("a") as lines:
        lines.write(line + "\n")

@app.task
def follow(size: int) -> None: ...

@app.on("noise", when_dead="skip", batch=10)
def listen(events: list[Event[Change]]) -> None:
    for event in events:
        if event.data.size == 8:
            raise EventFailed(event) from FatalFailure("eight")
        note(f"listen {event.data.size}")
        follow.schedule_sync(event.data.size)

@app.on("noise", after=[listen], types=["even"])
async def even(event: Event) -> None:
    note(f"even {event.data['size']}")
"""
OLD = r"""
from pathlib import Path
from penstock import App, Event

app = App("old")

@app.on("old", start="beginning", batch=2)
def all_of_it(events: list[Event]) -> None:
    with Path("old.txt").open("a") as lines:
        lines.write("".join(f"{event.data}\n" for event in events))
"""


def until(condition: Callable[[], Any]) -> Any:
    """Polls, for a program that is not broken only a moment."""
    ends_s = time.monotonic() + PATIENCE_S
    while not (found := condition()):
        assert time.monotonic() < ends_s
        time.sleep(0.05)
    return found


def until_ready(worker: Server, *lambdas: str) -> None:
    """Their executors run: by then the dispatcher knows of their subscriptions, too."""
    ready = [re.compile(rf"/{re.escape(name)}-\d+: ready") for name in lambdas]
    until(lambda: all(each.search(worker.log.read_text()) for each in ready))


def subscriptions(platform: Platform, app: str) -> list[Any]:
    return platform.sql(
        "select l.name, s.spec, s.retired_at is not null as retired from penstock.subscription s "
        "join penstock.lambda l on l.id = s.lambda_id where l.name like $1 || '.%'",
        app,
    )


def test_a_worker_tells_of_its_subscriptions_and_hears_what_may_not_be_meant(platform: Platform) -> None:
    (platform.folder / "quiet.py").write_text(APP)
    with platform.worker("quiet:app") as worker:
        [row] = until(lambda: subscriptions(platform, "quiet"))
        until(lambda: "quiet.listen goes after quiet.unheard_of, which no worker has" in worker.log.read_text())
    assert (row["name"], row["retired"]) == ("quiet.listen", False)
    spec = json.loads(row["spec"])
    told = {name: spec[name] for name in ("stream", "batch_max", "wanted", "start_at_us", "after", "when_dead")}
    assert told == {
        "stream": "quiet-files",
        "batch_max": 7,
        "wanted": {"types": ["file.*"], "attributes": [], "tree": ""},
        "start_at_us": 0,
        "after": ["quiet.unheard_of"],
        "when_dead": 2,
    }
    # The next version of its code takes tasks.
    (platform.folder / "quiet.py").write_text(
        "from penstock import App\napp = App('quiet')\n@app.task\ndef listen() -> None: ...\n"
    )
    with platform.worker("quiet:app"):
        until(lambda: subscriptions(platform, "quiet")[0]["retired"])


def test_a_worker_whose_lambdas_wait_for_one_another_does_not_start(platform: Platform) -> None:
    (platform.folder / "ring.py").write_text(RING)
    done = subprocess.run(
        [sys.executable, "-m", "penstock.cli", "worker", "ring:app"],
        cwd=platform.folder,
        env=clean_environment(PENSTOCK_ADDRESS=platform.address),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "after: ring.one after ring.two after ring.one on stream files: each would wait for the next" in done.stderr
    assert "Traceback" not in done.stderr
    assert subscriptions(platform, "ring") == []


def test_events_come_in_order_and_those_that_cannot_be_done_are_passed_over(platform: Platform) -> None:
    (platform.folder / "noisy.py").write_text(NOISY)
    lines = platform.folder / "noisy.txt"
    app = App("noisy", address=platform.address)
    with platform.worker("noisy:app") as worker:
        until_ready(worker, "noisy.follow", "noisy.listen", "noisy.even")
        numbers = [*range(1, 5), "five", *range(6, 11)]
        kinds = ["even" if number in (2, 4, 6, 10) else "odd" for number in numbers]
        app.publish_many_sync(
            Event("noise", "all", kind, {"size": number}) for number, kind in zip(numbers, kinds, strict=True)
        )
        until(lambda: lines.exists() and "even 10" in lines.read_text())
        told = lines.read_text().splitlines()
        followed = until(lambda: len(tasks(platform, "noisy.follow")) >= 8 and tasks(platform, "noisy.follow"))
    assert [line for line in told if line.startswith("listen")] == [f"listen {n}" for n in (1, 2, 3, 4, 6, 7, 9, 10)]
    assert [line for line in told if line.startswith("even")] == [f"even {n}" for n in (2, 4, 6, 10)]
    assert told.index("listen 10") < told.index("even 10")
    letters = platform.sql("select reason, failure_message from penstock.event_letter order by sequence")
    assert [letter["reason"] for letter in letters] == ["undecodable", "fatal"]
    assert "Expected `int`, got `str`" in letters[0]["failure_message"]
    assert letters[1]["failure_message"] == "eight"
    assert {task["parent_id"] for task in followed} == {None}


def test_a_subject_is_begun_at_its_beginning_when_something_is_heard_of_it(platform: Platform) -> None:
    (platform.folder / "old.py").write_text(OLD)
    lines = platform.folder / "old.txt"
    app = App("old", address=platform.address)
    sequences = app.publish_many_sync(Event("old", "a", "made", number) for number in range(5))
    with platform.worker("old:app") as worker:
        until_ready(worker, "old.all_of_it")
        app.ping_sync("old", subject="a", sequence=sequences[-1])
        until(lambda: lines.exists() and lines.read_text().count("\n") >= 5)
    assert lines.read_text().split() == ["0", "1", "2", "3", "4"]


def test_the_example_tells_of_every_change_after_it_was_indexed(platform: Platform) -> None:
    shutil.copytree(EXAMPLE, platform.folder, dirs_exist_ok=True)
    with platform.worker("search:app") as worker:
        until_ready(worker, "search.index", "search.told")
        done = subprocess.run(
            [sys.executable, "changes.py"],
            cwd=platform.folder,
            env=clean_environment(PENSTOCK_ADDRESS=platform.address),
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        verdict = penstock(
            "verify", "notes", "--wait", "60s",
            folder=platform.folder, environment={"PENSTOCK_ADDRESS": platform.address},
        )  # fmt: skip
    assert verdict.stdout.startswith("notes: complete up to "), verdict.stdout
    assert "3 subjects, for search.index, search.told" in verdict.stdout
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "list: 'bread is bought', after it was indexed",
        "list: 'buy bread', after it was indexed",
        "tea: 'buy black tea', after it was indexed",
        "tea: 'buy green tea', after it was indexed",
        "buy: tea",
        "green: nowhere",
        "bread: list",
    ]


def tasks(platform: Platform, name: str) -> list[Any]:
    return platform.sql(
        "select t.parent_id from penstock.task t join penstock.lambda l on l.id = t.lane / 4 where l.name = $1", name
    )
