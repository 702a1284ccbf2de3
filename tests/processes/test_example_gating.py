"""The example of gates, run as its first lines say."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.processes.cli_runner import PATIENCE_S, clean_environment, dev

FOLDER: Final = Path(__file__).parents[2] / "examples" / "gating"


def test_newsletters_wait_while_password_resets_go_out(tmp_path: Path) -> None:
    here = Path(shutil.copytree(FOLDER, tmp_path / "gating"))
    with dev(here, "mail:app"):
        done = subprocess.run(
            [sys.executable, "gating.py"],
            cwd=here,
            env=clean_environment(),
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    first, *lines = done.stdout.splitlines()
    assert first.startswith("pause on mail.send, collection newsletter, by ")
    assert lines == [
        "sent to ada@example.org: your new password",
        "newsletters: ['held', 'held', 'held']",
        "held: [3]",
        "promotion: was dropped",
        *(f"sent to reader{number}@example.org: news" for number in range(3)),
        "open: the provider has repaired it",
        "pause: bounces",
    ]
