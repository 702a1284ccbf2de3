"""Row 44: what is given to a worker as its APP and is none. Nothing is registered, and nothing of it is run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from penstock.cli.main import run
from tests.processes.cli_runner import penstock

if TYPE_CHECKING:
    from pathlib import Path

    from tests.processes.platform_fixture import Platform

MODULES = {
    "raises": "raise RuntimeError('at import')",
    "leaves": "import sys; sys.exit(0)",
    "dies": "import os; os._exit(7)",
    "broken": "def (",
    "missing": "import nobody_has_this",
    "plain": "app = 5\nclass Fake:\n    lambdas = 'these'\nfake = Fake()\ndef call(*a): open('was-called', 'w')",
    "raises_base": "raise BaseException('the ground')",
    "wrong_names": "from penstock import App\napp = App('../x')",
    "several": "from penstock import App\nmail, shop = App('mail'), App('shop')\nclass Other(App): ...",
}
REFUSED = {
    "os:system": "not an app",
    "os.path:join": "not an app",
    "builtins:eval": "not an app",
    "plain:app": "not an app",
    "plain:fake": "not an app",
    "plain:call": "not an app",
    "plain:nothing": "plain has no attribute 'nothing'; plain has no app: make one, app = App('name')",
    "several:app": "several has no attribute 'app'; name several:mail or several:shop",
    "several:App": "several:App is a type, not an app; name several:mail or several:shop",
    "several:mail.deeper": "several has no attribute 'mail.deeper'",
    "raises:app": "at import",
    "raises_base:app": "BaseException: the ground",
    "leaves:app": "cannot be imported",
    "dies:app": "exit code 7",
    "broken:app": "SyntaxError",
    "missing:app": "nobody_has_this",
    "wrong_names:app": "../x",
    "nowhere:app": "no module 'nowhere'",
    "plain.deeper:app": "plain",
    "../plain:app": "is a file",
    "plain.py": "is a file",
    "plain:app()": "module:attribute",
    "plain:__import__('os').system('true')": "module:attribute",
    "": "module:attribute",
    ":": "module:attribute",
}

WITH_TRACEBACK = {
    "raises:app",
    "raises_base:app",
    "leaves:app",
    "dies:app",
    "broken:app",
    "missing:app",
    "wrong_names:app",
    "plain.deeper:app",
}


@pytest.fixture
def folder(working_folder: Path) -> Path:
    for name, text in MODULES.items():
        (working_folder / f"{name}.py").write_text(text)
    return working_folder


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("app", REFUSED)
def test_what_is_no_app_is_refused_at_once(
    platform: Platform, folder: Path, app: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["worker", app, "--address", platform.address]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    line, _, traceback = told.err.partition("\n")
    assert line.startswith("error: ")
    assert REFUSED[app] in line
    assert not traceback or app in WITH_TRACEBACK
    assert not (folder / "was-called").exists()


@pytest.mark.usefixtures("unchanged")
def test_the_same_by_the_command_itself(platform: Platform, folder: Path) -> None:
    done = penstock("worker", "os:system", "--address", platform.address, folder=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: APP: os:system is a builtin_function_or_method, not an app; ")
    assert done.stderr.count("\n") == 1


DEEP = """from penstock import App

app = App("deep")


def wrong() -> None:
    app.task(lambda *those: None, name="f")


wrong()
"""


@pytest.mark.usefixtures("unchanged")
def test_the_authors_own_lines_are_shown_as_python_shows_them(
    platform: Platform, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "deep.py").write_text(DEEP)
    assert run(["worker", "deep:app", "--address", platform.address]) == 2
    why = "TypeError: deep.f: *those has no names to store values by; take one list instead"
    lines = [line for line in capsys.readouterr().err.splitlines() if set(line) - set(" ^~")]
    assert lines == [
        f"error: APP: deep:app cannot be imported: {why}",
        "Traceback (most recent call last):",
        f'  File "{folder / "deep.py"}", line 10, in <module>',
        "    wrong()",
        f'  File "{folder / "deep.py"}", line 7, in wrong',
        '    app.task(lambda *those: None, name="f")',
        why,
    ]
