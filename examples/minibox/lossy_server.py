"""A server of the platform that loses pings before they reach their queue: `python -m minibox.lossy_server ROLE`.

Only the demo starts servers so; the platform itself has no such switch. `SHARE_VARIABLE` names the file that
says how many.
"""

import os
import sys
from pathlib import Path
from typing import Final

from penstock.server import process
from penstock.testing.lossy_pings import lose_pings

LOST_SHARE: Final = 0.3
SHARE_VARIABLE: Final = "MINIBOX_LOST_PINGS"


def share_file(folder: Path) -> Path:
    """The file that says which share is lost; what each server has lost is written beside it."""
    return folder / "pings.share"


def lossy_command(role: str) -> list[str]:
    """How such a server is started."""
    return [sys.executable, "-m", "minibox.lossy_server", role]


if __name__ == "__main__":
    lose_pings(Path(os.environ[SHARE_VARIABLE]))
    sys.exit(process.main(sys.argv[1:]))
