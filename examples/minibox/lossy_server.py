"""A server of the platform that loses pings before they reach their queue: `python -m minibox.lossy_server ROLE`.

Only the demo starts servers so; the platform itself has no such switch. How many are lost is kept in a file of each
process, in the folder that `MINIBOX_LOST_PINGS` names.
"""

import os
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import penstock.compose.engines
from penstock.adapters.jetstream import JetStreamPingQueue
from penstock.ports.pings import Ping
from penstock.server import process

LOST_SHARE: Final = 0.3
FOLDER_VARIABLE: Final = "MINIBOX_LOST_PINGS"


class LossyPingQueue(JetStreamPingQueue):
    """As the real one, but for what it loses."""

    _lost = _all = 0

    def publish(self, pings: Sequence[Ping]) -> None:
        kept = [ping for ping in pings if random.random() >= LOST_SHARE]
        self._lost += len(pings) - len(kept)
        self._all += len(pings)
        super().publish(kept)
        Path(os.environ[FOLDER_VARIABLE], f"{os.getpid()}.pings").write_text(f"{self._lost} {self._all}\n")


def lossy_command(role: str) -> list[str]:
    """How such a server is started."""
    return [sys.executable, "-m", "minibox.lossy_server", role]


def lost_pings(folder: Path) -> tuple[int, int]:
    """How many were lost, of how many, by all servers."""
    counts = [file.read_text().split() for file in folder.glob("*.pings")]
    whole = [(int(each[0]), int(each[1])) for each in counts if len(each) == 2]
    return sum(lost for lost, _ in whole), sum(count for _, count in whole)


if __name__ == "__main__":
    vars(penstock.compose.engines)["JetStreamPingQueue"] = LossyPingQueue
    sys.exit(process.main(sys.argv[1:]))
