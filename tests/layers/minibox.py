"""Minibox for tests: its modules by their names, in a run of its own."""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

EXAMPLES: Final = Path(__file__).parents[2] / "examples"
Part = Callable[[str], Any]


def parts_of(monkeypatch: pytest.MonkeyPatch, home: Path) -> Part:
    """What imports a module of it; its folder is there, and empty."""
    monkeypatch.syspath_prepend(str(EXAMPLES))
    monkeypatch.setenv("MINIBOX_HOME", str(home))
    (home / "folder").mkdir(exist_ok=True)
    return lambda name: importlib.import_module(f"minibox.{name}")
