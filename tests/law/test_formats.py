"""Nothing that the platform reads can run code: no pickle, no marshal, no YAML objects, no eval."""

import ast
from collections.abc import Iterator
from typing import Final

import pytest

from tests.law.tree import ROOT, source_files

FORBIDDEN_MODULES: Final = frozenset(
    {"pickle", "cPickle", "_pickle", "marshal", "shelve", "dill", "cloudpickle", "yaml"}
)
FORBIDDEN_CALLS: Final = frozenset({"eval", "exec"})


def sins_in(source: str) -> Iterator[str]:
    """Every import and call that could turn data into code."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            modules = [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules = [node.module or ""]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FORBIDDEN_CALLS:
            yield f"{node.lineno}: {node.func.id}()"
            continue
        else:
            continue
        yield from (f"{node.lineno}: {each}" for each in modules if each.partition(".")[0] in FORBIDDEN_MODULES)


def test_nothing_read_can_run_code() -> None:
    examples = sorted((ROOT / "examples").rglob("*.py"))
    sins = [
        f"{path.relative_to(ROOT)}:{sin}" for path in [*source_files(), *examples] for sin in sins_in(path.read_text())
    ]
    assert not sins


@pytest.mark.parametrize("sin", ["import pickle", "from marshal import loads", "import yaml", "eval('1')", "exec(x)"])
def test_each_sin_is_seen(sin: str) -> None:
    assert list(sins_in(sin))
