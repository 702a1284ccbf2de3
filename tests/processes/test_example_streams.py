"""The example of streams, run as its first lines say."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.processes.cli_runner import PATIENCE_S, clean_environment
from tests.processes.platform_fixture import Platform, platform

__all__ = ["platform"]

FOLDER: Final = Path(__file__).parents[2] / "examples" / "streams"


def test_an_order_is_paid_once_and_decided_once(platform: Platform, tmp_path: Path) -> None:
    here = Path(shutil.copytree(FOLDER, tmp_path / "streams"))
    done = subprocess.run(
        [sys.executable, "orders.py", "order-of-the-example"],
        cwd=here,
        env=clean_environment(PENSTOCK_ADDRESS=platform.address),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "placed, and 2 lines after it",
        "paid once: True",
        "one was stored, as number 5",
        "one was too late: the order is 1 further",
    ]
