"""`penstock dev` with an app that cannot be used: told once, and waited for only where a change is looked for."""

import json
import sys
from pathlib import Path

import pytest

from tests.processes.cli_runner import dev, penstock, running

GOOD = """
from penstock import App

app = App("shop")

@app.task
async def add(a: int, b: int) -> int:
    return a + b
"""
BROKEN = GOOD + "raise RuntimeError('no settings')\n"
GIVES_UP = "not started again before something has changed"


@pytest.mark.parametrize(
    ("source", "app", "words"),
    [
        (GOOD, "shop:nope", "error: APP: shop has no attribute 'nope'; name shop:app"),
        (BROKEN, "shop:app", "error: APP: shop:app cannot be imported: RuntimeError: no settings"),
    ],
)
def test_without_reload_it_ends_at_the_first_start(source: str, app: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(source)
    with running([sys.executable, "-m", "penstock.cli", "dev", app], tmp_path) as it:
        it.wait_for(words)
        it.wait_for(GIVES_UP)
        it.wait_for(f"error: APP: {app} cannot be run")
        assert it.end() == 2
    assert len([line for line in it.lines if "error: APP" in line]) == 2
    assert [line for line in it.lines if "engines" in line and "stopped" in line]
    traceback = [line for line in it.lines if line.endswith(f'File "{tmp_path / "shop.py"}", line 9, in <module>')]
    assert len(traceback) == (source == BROKEN)


def test_an_app_without_lambdas_is_told(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text("from penstock import App\napp = App('shop')\n")
    with dev(tmp_path, "shop:app") as it:
        it.wait_for("shop:app has no lambdas, so this worker has nothing to do")


def test_with_reload_it_waits_for_the_next_change(tmp_path: Path) -> None:
    file = tmp_path / "shop.py"
    file.write_text(BROKEN)
    with dev(tmp_path, "shop:app", "--reload") as it:
        it.wait_for(GIVES_UP)
        file.write_text(GOOD)
        it.wait_for("shop.py changed")
        done = penstock("schedule", "shop.add", '{"a": 2, "b": 3}', "--wait", "--json", folder=tmp_path)
        assert json.loads(done.stdout)["result"] == 5
        file.write_text(BROKEN)
        it.wait_for(GIVES_UP)
        file.unlink()
        it.wait_for("shop.py changed")
        it.wait_for("there is no module 'shop'")
        it.wait_for(GIVES_UP)
    assert not [line for line in it.lines if "starts again" in line]
