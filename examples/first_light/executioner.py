"""Kills an executor in the middle of its work, where everybody can see it."""

import asyncio
import os
import signal
from collections import Counter
from dataclasses import dataclass
from typing import Any

from ledger import Reader

_TRY_AGAIN_S = 0.002


@dataclass(frozen=True)
class Killing:
    """What was done: the executor, and the tasks whose code it was running."""

    pid: int
    running: list[dict[str, Any]]


async def kill_one(reader: Reader) -> Killing:
    """Waits until an executor is caught at work, and ends it with SIGKILL.

    It is stopped first: then what it wrote down is exactly what it was doing when it died.
    """
    while True:
        begun, done = reader.look().begun, reader.ledger.facts
        busy = Counter(line["pid"] for line in begun if line["begin"] not in done)
        for pid, _ in busy.most_common():
            try:
                os.kill(pid, signal.SIGSTOP)
            except ProcessLookupError:
                continue
            reader.look()
            if running := reader.running_in(pid):
                os.kill(pid, signal.SIGKILL)
                return Killing(pid, running)
            os.kill(pid, signal.SIGCONT)
        await asyncio.sleep(_TRY_AGAIN_S)
