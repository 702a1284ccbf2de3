"""The example of quotas, run as its first lines say."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.processes.cli_runner import PATIENCE_S, clean_environment, dev

FOLDER: Final = Path(__file__).parents[2] / "examples" / "quotas"


def test_charges_keep_to_their_rate_while_receipts_go_out(tmp_path: Path) -> None:
    here = Path(shutil.copytree(FOLDER, tmp_path / "quotas"))
    with dev(here, "shop:app"):
        done = subprocess.run(
            [sys.executable, "quotas.py"],
            cwd=here,
            env=clean_environment(),
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "charged order 11",
        "schedule 0.01 by ada",
        "schedule 10 by the code, not in force",
        "weight 2 by the code",
        "shop.charge takes 0.01/s, 1 at once; a minute from now or later: True",
        "receipt for order 7",
        "cleared by ada: repaired",
        "0.01 by ada: the partner is slow",
    ]
