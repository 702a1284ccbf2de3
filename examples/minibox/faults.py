"""What goes wrong on purpose: an executor dies in the middle of its work, and pings are lost."""

import asyncio
import os
import signal
from collections import Counter
from dataclasses import dataclass

from .history import History, Run

_TRY_AGAIN_S = 0.002


@dataclass(frozen=True)
class Killing:
    """What was done: the executor, and what it was running."""

    pid: int
    running: list[Run]


async def kill_one(history: History) -> Killing:
    """Waits until an executor is caught at work, and ends it with SIGKILL.

    It is stopped first: then what it wrote down is exactly what it was doing when it died.
    """
    while True:
        busy = Counter(run.pid for run in history.look() if run.is_open)
        for pid, _ in busy.most_common():
            try:
                os.kill(pid, signal.SIGSTOP)
            except ProcessLookupError:
                continue
            if running := [run for run in history.look() if run.pid == pid and run.is_open]:
                os.kill(pid, signal.SIGKILL)
                return Killing(pid, running)
            os.kill(pid, signal.SIGCONT)
        await asyncio.sleep(_TRY_AGAIN_S)
