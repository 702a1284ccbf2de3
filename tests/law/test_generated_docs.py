"""The page of the lifecycle is drawn from its table."""

import importlib.util
import subprocess
import sys
from types import ModuleType

import pytest

from penstock.model.lifecycle import MATRIX, Event, Status
from tests.law.tree import ROOT

SCRIPT = ROOT / "docs" / "generate_lifecycle.py"


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_lifecycle", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_of_the_lifecycle_is_current() -> None:
    command = [sys.executable, str(SCRIPT), "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_move_that_changes_makes_the_page_stale(generator: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    assert generator.main(["--check"]) == 0
    monkeypatch.setitem(MATRIX[Status.HELD], Event.CLAIM, Status.CLAIMED)
    assert generator.main(["--check"]) == 1


def test_the_diagram_draws_every_move_between_two_statuses(generator: ModuleType) -> None:
    drawn = set()
    for line in generator.page_text().splitlines():
        source, arrow, rest = line.strip().partition(" --> ")
        target, colon, events = rest.partition(": ")
        if arrow and colon and source != "[*]":
            drawn |= {(source, event, target) for event in events.split(", ")}
    expected = {
        (source.name.lower(), event.name.lower(), target.name.lower())
        for source, moves in MATRIX.items()
        for event, target in moves.items()
        if source is not target
    }
    assert drawn == expected
