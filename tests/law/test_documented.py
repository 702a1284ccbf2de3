"""Every setting and every verb is documented, by its own words."""

import subprocess
import sys
from typing import Any

import pytest
import typer

from penstock.cli.main import VERBS, app
from penstock.settings import Settings
from tests.law.tree import ROOT


def _command(verb: str) -> Any:
    group: Any = typer.main.get_command(app)
    return group.get_command(None, verb)


def test_the_pages_of_settings_and_verbs_are_current() -> None:
    command = [sys.executable, "docs/generate_settings.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", Settings.model_fields)
def test_a_setting_says_what_it_is_for(name: str) -> None:
    assert Settings.model_fields[name].description
    assert f"| `{name}` |" in (ROOT / "docs" / "settings.md").read_text()


@pytest.mark.parametrize("verb", VERBS)
def test_the_list_of_verbs_says_what_the_verb_says(verb: str) -> None:
    assert (_command(verb).help or "").splitlines()[0] == VERBS[verb]


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_and_its_flags_are_documented(verb: str) -> None:
    page = (ROOT / "docs" / "cli.md").read_text()
    command = _command(verb)
    for path, each in (
        [(f"{verb} {n}", c) for n, c in command.commands.items()] if hasattr(command, "commands") else [(verb, command)]
    ):
        assert f"\n## {path}\n" in page
        undocumented = [param.name for param in each.params if not param.help]
        assert not undocumented


def test_every_page_of_the_docs_is_reachable_from_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    for page in ("docs/ARCHITECTURE.md", "docs/cli.md", "docs/settings.md", "CHANGELOG.md", "LICENSE"):
        assert f"({page})" in readme
        assert (ROOT / page).is_file()
