"""The example as its page says: letters are called off and sent again by what they are, and a report is watched."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tests.processes.cli_runner import PATIENCE_S, clean_environment, dev, penstock

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLE: Final = Path(__file__).parents[2] / "examples" / "bulk" / "letters.py"
SEND: Final = ("--lambda", "letters.send")
SEVEN: Final = ("--attribute", "customer=7")


def test_many_are_cancelled_and_tried_again_by_what_they_are(tmp_path: Path) -> None:
    shutil.copy(EXAMPLE, tmp_path / "letters.py")

    def told(*words: str) -> Any:
        done = penstock(*words, "--json", folder=tmp_path)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def ids(*words: str) -> set[str]:
        return {task["id"] for task in told("tasks", "list", *words)}

    with dev(tmp_path, "letters:app"):
        command = [sys.executable, "letters.py"]
        asked = {"cwd": tmp_path, "env": clean_environment(), "timeout": PATIENCE_S}
        ran = subprocess.run(command, check=True, capture_output=True, text=True, **asked)  # type: ignore[call-overload]
        report = ran.stdout.strip()

        # Found by what they are about, together with all else that a list takes.
        _wait(lambda: len(ids(*SEND, "--status", "fatal_failure")) == 10)
        waiting = ids(*SEVEN, "--attribute", "batch=spring", *SEND, "--status", "new")
        assert len(waiting) == 2

        # Customer 7 wants no letters: a look first, and nobody is asked without a terminal.
        look = told("tasks", "cancel", *SEVEN, "--preview")
        assert [(each["status"], each["count"]) for each in look["groups"]] == [("new", 2)]
        assert {task["id"] for task in look["first"]} == waiting
        assert look["first"][0]["attributes"] == {"batch": "spring", "customer": "7"}
        refused = penstock("tasks", "cancel", *SEVEN, folder=tmp_path)
        assert (refused.returncode, "--yes: is needed to cancel 2 tasks" in refused.stderr) == (2, True)
        done = told("tasks", "cancel", *SEVEN, "--yes", "--reason", "no letters, please")
        assert (done["kind"], done["status"], done["handled"]) == ("cancel", "done", 2)
        assert done["selection"]["attributes"] == {"customer": "7"}
        assert ids(*SEVEN, "--status", "cancelled") == waiting

        # The rest of tomorrow's, by their time; then those of today once more, when the book is mended.
        shown = penstock("tasks", "cancel", *SEND, "--scheduled-after", "1h", "--yes", folder=tmp_path)
        assert shown.returncode == 0
        assert "18" in next(line for line in shown.stdout.splitlines() if line.startswith("handled"))
        (tmp_path / "book-is-mended").touch()
        assert told("tasks", "retry", *SEND, "--yes")["handled"] == 10
        _wait(lambda: len(ids(*SEND, "--status", "success")) == 10)
        kinds = [(sweep["kind"], sweep["reason"]) for sweep in told("sweeps", "list")]
        assert kinds == [("retry", ""), ("cancel", ""), ("cancel", "no letters, please")]

        # The report says how far it is while it runs, and is asked to stop with its lambda.
        _wait(lambda: (told("tasks", "show", report)["progress"] or {"done": 0})["done"] > 0)
        assert "PROGRESS" in penstock("tasks", "list", "--lambda", "letters.report", folder=tmp_path).stdout
        told("tasks", "cancel", "--lambda", "letters.report", "--yes")
        _wait(lambda: told("tasks", "show", report)["status"] == "cancelled")
        ended = told("tasks", "show", report)
        assert ended["progress"]["message"].startswith("page ")
        assert (ended["progress"]["total"], ended["reason"]) == (6_000, "cancelled on request")


def _wait(until: Callable[[], bool]) -> None:
    give_up_s = time.monotonic() + PATIENCE_S
    while not until():
        assert time.monotonic() < give_up_s, "it never came to that"
        time.sleep(0.05)
