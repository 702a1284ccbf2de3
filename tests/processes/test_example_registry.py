"""The example of the registry, run as its first lines say."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.processes.cli_runner import PATIENCE_S, clean_environment
from tests.processes.platform_fixture import platform

if TYPE_CHECKING:
    from tests.processes.platform_fixture import Platform

__all__ = ["platform"]
FOLDER: Final = Path(__file__).parents[2] / "examples" / "registry"


def test_others_clients_write_and_read(platform: Platform, tmp_path: Path) -> None:
    here = Path(shutil.copytree(FOLDER, tmp_path / "registry"))
    done = subprocess.run(
        [sys.executable, "registry.py"],
        cwd=here,
        env=clean_environment(HTTP_URL=platform.http_url),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "subjects: ['orders-value']",
        "versions: [1, 2]",
        "refused: 409",
        "read: {'id': 'o-1', 'total': 42, 'note': ''}",
    ]
