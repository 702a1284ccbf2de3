"""The example as its page says, with an orchestrator killed in the middle of the redrive."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psutil

from tests.processes.cli_runner import PATIENCE_S, clean_environment, penstock, running

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLE: Final = Path(__file__).parents[2] / "examples" / "dead_letters" / "shop.py"
ORDERS: Final = 60
RATE_PER_S: Final = 30


def test_what_died_is_redriven_once_through_a_kill_and_purged_when_it_is_hopeless(tmp_path: Path) -> None:
    shutil.copy(EXAMPLE, tmp_path / "shop.py")

    def told(*words: str) -> Any:
        done = penstock(*words, "--json", folder=tmp_path)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def order(count: int) -> None:
        command = [sys.executable, "shop.py", str(count)]
        subprocess.run(command, cwd=tmp_path, env=clean_environment(), check=True, timeout=PATIENCE_S)

    def dead() -> int:
        return sum(kind["count"] for kind in told("dlq", "kinds"))

    with running([sys.executable, "-m", "penstock.cli", "dev", "shop:app"], tmp_path) as dev:
        dev.wait_for("serving at")
        order(ORDERS)
        _wait(lambda: dead() == ORDERS)
        [kind] = told("dlq", "kinds", "--lambda", "shop.pay", "--error", "ConnectionError", "--cause", "budget")
        assert kind["count"] == ORDERS
        letter = told("dlq", "list", "--limit", "1")[0]
        assert told("dlq", "show", letter["id"])["history"][0]["error"]["type"] == "ConnectionError"
        assert told("dlq", "redrive", "--preview")["groups"] == [kind]
        assert dead() == ORDERS, "a preview does nothing"

        (tmp_path / "bank-is-open").touch()
        sweep = told("dlq", "redrive", "--yes", "--rate", str(RATE_PER_S), "--reason", "the bank is back")
        _wait(lambda: told("dlq", "sweeps")[0]["handled"] > 0)
        _kill_the_orchestrator(dev.process.pid)
        _wait(lambda: told("dlq", "sweeps")[0]["status"] == "done")
        [audited] = told("dlq", "sweeps")
        assert (audited["id"], audited["handled"], audited["reason"]) == (sweep["id"], ORDERS, "the bank is back")
        assert "@" in audited["ordered_by"]
        _wait(lambda: len(told("tasks", "list", "--status", "success", "--limit", "1000")) == ORDERS)
        everything = told("tasks", "list", "--limit", "1000")
        assert len({task["retry_of"] for task in everything if task["retry_of"]}) == ORDERS
        assert len(everything) == 2 * ORDERS

        (tmp_path / "bank-is-open").unlink()
        order(3)
        _wait(lambda: dead() == 3)
        refused = penstock("dlq", "purge", folder=tmp_path)
        assert (refused.returncode, "--yes: is needed to purge 3 dead letters" in refused.stderr) == (2, True)
        told("dlq", "purge", "--yes")
        _wait(lambda: told("dlq", "sweeps")[0]["status"] == "done")
        assert dead() == 0
        assert len(told("tasks", "list", "--limit", "1000")) == 2 * ORDERS, "a purge touches its letters only"


def _kill_the_orchestrator(dev: int) -> None:
    children = psutil.Process(dev).children(recursive=True)
    [orchestrator] = [
        child for child in children if child.cmdline()[-2:] == ["penstock.server.process", "orchestrator"]
    ]
    orchestrator.kill()


def _wait(until: Callable[[], bool]) -> None:
    give_up_s = time.monotonic() + PATIENCE_S
    while not until():
        assert time.monotonic() < give_up_s, "it never came to that"
        time.sleep(0.05)
