"""Time, chance and identity are injected: model, ports and layers ask nobody for them."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.law.tree import SOURCE, source_files

PURE: Final = ("model", "ports", "frontend", "scheduler", "flow", "delivery", "execution")
FORBIDDEN_MODULES: Final = frozenset({"random", "secrets", "time"})
FORBIDDEN_CALLS: Final = frozenset(
    {
        "datetime.now",
        "datetime.utcnow",
        "datetime.today",
        "date.today",
        "os.urandom",
        "os.getrandom",
        "uuid.uuid1",
        "uuid.uuid4",
        "uuid.uuid6",
        "uuid.uuid7",
        "uuid.uuid8",
    }
)


def sins_in(source: str) -> Iterator[str]:
    """Every place in the source that asks for time, chance or an id."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (f"{node.lineno}: import {a.name}" for a in node.names if a.name in FORBIDDEN_MODULES)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = {f"{node.module}.{each.name}" for each in node.names}
            if node.module in FORBIDDEN_MODULES or names & FORBIDDEN_CALLS:
                yield f"{node.lineno}: from {node.module} import ..."
        elif isinstance(node, ast.Attribute):
            dotted = ast.unparse(node)
            if any(dotted == each or dotted.endswith(f".{each}") for each in FORBIDDEN_CALLS):
                yield f"{node.lineno}: {dotted}"


def _pure_files() -> list[Path]:
    return [path for path in source_files() if path.relative_to(SOURCE).parts[0] in PURE]


def test_pure_parts_ask_for_neither_time_nor_chance_nor_ids() -> None:
    sins = [f"{path.relative_to(SOURCE)}:{sin}" for path in _pure_files() for sin in sins_in(path.read_text())]
    assert not sins


def test_the_pure_parts_are_where_they_are_looked_for() -> None:
    assert {path.relative_to(SOURCE).parts[0] for path in _pure_files()} == set(PURE)


@pytest.mark.parametrize(
    "sin",
    [
        "import time",
        "from time import monotonic",
        "import random",
        "from os import urandom",
        "import os\nx = os.urandom(3)",
        "import uuid\nx = uuid.uuid4()",
        "import datetime\nx = datetime.datetime.now()",
        "from datetime import datetime\nx = datetime.now(tz)",
    ],
)
def test_each_sin_is_seen(sin: str) -> None:
    assert list(sins_in(sin))


@pytest.mark.parametrize("virtue", ["import uuid\nx = uuid.UUID(int=1)", "from datetime import datetime", "import os"])
def test_what_is_allowed_is_not_seen(virtue: str) -> None:
    assert not list(sins_in(virtue))
