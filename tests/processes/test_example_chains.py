"""The example of chains, run as its first lines say, and the tree that it leaves."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from tests.processes.cli_runner import PATIENCE_S, clean_environment, dev

FOLDER: Final = Path(__file__).parents[2] / "examples" / "chains"


def penstock(here: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "penstock.cli", *words],
        cwd=here,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_an_order_is_shipped_when_all_of_it_is_done(tmp_path: Path) -> None:
    here = Path(shutil.copytree(FOLDER, tmp_path / "chains"))
    with dev(here, "shop:app"):
        done = subprocess.run(
            [sys.executable, "chains.py"],
            cwd=here,
            env=clean_environment(),
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines() == [
            "order 1: charged 4200 cents, shipped ink, paper, pen",
            "order 1: archived",
            "order 2: fatal_failure",
            "order 2: written off, shipping was cancelled",
            "order 3: archived",
        ]
        tasks = json.loads(penstock(here, "tasks", "list", "--lambda", "shop.ship", "--json"))
        shipped = next(task for task in tasks if task["status"] == "success")
        tree: dict[str, Any] = json.loads(penstock(here, "tasks", "tree", shipped["id"], "--json"))
        names = sorted(task["lambda"] for task in tree["tasks"])
        assert names == ["shop.charge", "shop.clean_up", *["shop.pack"] * 3, "shop.ship", "shop.tell"]
        assert sorted(link["kin"] for link in tree["links"]) == [*["parent"] * 5, "spawned"]
        shown = penstock(here, "tasks", "tree", shipped["id"])
        assert "shop.tell" in shown
        assert "(this task)" in shown
