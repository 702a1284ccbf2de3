"""Servers that lose pings, so that what makes lost ones good can be seen at work.

Nothing in the platform switches this on: a program of a test or a demonstration calls `lose_pings` and then runs the
server in its own process.
"""

import os
import random
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import penstock.compose.engines
from penstock.adapters.jetstream import JetStreamPingQueue
from penstock.ports.pings import Ping


class LossyPingQueue(JetStreamPingQueue):
    """As the real one, but for what it loses before it is sent."""

    share_file: ClassVar[Path]
    _lost = _all = 0

    def publish(self, pings: Sequence[Ping]) -> None:
        share = float(self.share_file.read_text() or 0)
        kept = [ping for ping in pings if random.random() >= share]
        self._lost += len(pings) - len(kept)
        self._all += len(pings)
        self.share_file.with_suffix(f".{os.getpid()}.lost").write_text(f"{self._lost} {self._all}\n")
        super().publish(kept)


def lose_pings(share_file: Path) -> None:
    """From now on engines that this process opens lose the share that stands in the file, 0 to 1. It may be changed at
    any time.
    """
    LossyPingQueue.share_file = share_file
    vars(penstock.compose.engines)["JetStreamPingQueue"] = LossyPingQueue


def lost_pings(share_file: Path) -> tuple[int, int]:
    """How many were lost, of how many, by all processes that lose by this file."""
    counts = [file.read_text().split() for file in share_file.parent.glob(f"{share_file.stem}.*.lost")]
    whole = [(int(each[0]), int(each[1])) for each in counts if len(each) == 2]
    return sum(lost for lost, _ in whole), sum(count for _, count in whole)
