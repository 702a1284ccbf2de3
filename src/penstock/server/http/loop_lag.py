"""How late this process's loop is at its work: the only thing that its liveness hangs on."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

LOOK_EVERY_S: Final = 0.25
SEEN_S: Final = 10.0
"""for so long a lag counts"""
LAG_MAX_S: Final = 5.0
"""whoever is so late is of no use to anybody"""


class LoopLag:
    """`run` looks, until cancelled. Times by the loop's clock."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._looks: deque[tuple[float, float]] = deque()

    @property
    def worst_s(self) -> float:
        """In the last seconds."""
        since_s = self._now_s() - SEEN_S
        return max((late_s for at_s, late_s in self._looks if at_s >= since_s), default=0.0)

    @property
    def is_alive(self) -> bool:
        """Whether it is not hopelessly late."""
        return self.worst_s < LAG_MAX_S

    def look(self, late_s: float) -> None:
        """One look of `run`."""
        now_s = self._now_s()
        self._looks.append((now_s, late_s))
        while self._looks[0][0] < now_s - SEEN_S:
            self._looks.popleft()

    async def run(self) -> None:
        """Look, until cancelled."""
        while True:
            due_s = self._now_s() + LOOK_EVERY_S
            await asyncio.sleep(LOOK_EVERY_S)
            self.look(max(0.0, self._now_s() - due_s))
