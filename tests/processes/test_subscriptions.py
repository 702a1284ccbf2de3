"""Subscriptions through a real worker: what it tells when it starts, and what it is refused for."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

from tests.processes.cli_runner import PATIENCE_S, clean_environment
from tests.processes.platform_fixture import Platform, platform

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["platform"]

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


def until(condition: Callable[[], Any]) -> Any:
    """Polls, for a program that is not broken only a moment."""
    ends_s = time.monotonic() + PATIENCE_S
    while not (found := condition()):
        assert time.monotonic() < ends_s
        time.sleep(0.05)
    return found


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
        "wanted": {"types": ["file.*"], "attributes": []},
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
