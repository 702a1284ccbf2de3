"""A server that loses pings: `python -m tests.processes.fault_run.events.lossy_server ROLE`."""

import os
import sys
from pathlib import Path
from typing import Final

from penstock.server import process
from penstock.testing.lossy_pings import lose_pings
from tests.processes.fault_run.lambdas import FOLDER

SHARE_FILE: Final = "pings.share"

if __name__ == "__main__":
    lose_pings(Path(os.environ[FOLDER]) / SHARE_FILE)
    sys.exit(process.main(sys.argv[1:]))
