"""The example of a task that moved from Celery, run as its first lines say; and the guide that quotes it."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.processes.cli_runner import PATIENCE_S, clean_environment, dev

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = ROOT / "examples" / "from_celery"
QUOTED: Final = re.findall(
    r"^```python\n# (\S+)\n(.*?)^```$", (ROOT / "docs" / "coming-from-celery.md").read_text(), re.MULTILINE | re.DOTALL
)


def test_the_moved_task_is_retried_kept_once_and_fails_at_once(tmp_path: Path) -> None:
    here = Path(shutil.copytree(FOLDER / "after", tmp_path / "after"))
    with dev(here, "billing:app"):
        done = subprocess.run(
            [sys.executable, "checkout.py"],
            cwd=here,
            env=clean_environment(),
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "order 17: 19.95 charged",
        "the same task: True",
        "failed at once: 2500.00 is over the limit",
        "order 18: 25.00 charged",
        "charged: ['17', '18']",
    ]


def test_the_guide_quotes_both_sides() -> None:
    assert {file for file, _ in QUOTED} == {
        f"{side}/{name}.py" for side in ("before", "after") for name in ("billing", "checkout")
    }


@pytest.mark.parametrize(("file", "code"), QUOTED)
def test_the_guide_quotes_what_stands_in_the_example(file: str, code: str) -> None:
    text = (FOLDER / file).read_text()
    ast.parse(text)
    for part in code.split("...\n"):
        assert part.strip("\n") in text
