"""The store's clock: it follows the world's, jumps, and runs fast or slow."""

from penstock.adapters.memory.store_time import EPOCH_US
from penstock.testing.world.chronicle import now_s


class StoreTime:
    """`now_us` for a `MemoryCluster`."""

    def __init__(self) -> None:
        self._at_s = 0.0
        self._at_us = EPOCH_US
        self._rate = 1.0
        self._turns: list[tuple[float, int, int]] = []
        """(world's time, the clock before, the clock after) of every change"""

    def __call__(self) -> int:
        """Microseconds since 1970."""
        return self._at_us + round((now_s() - self._at_s) * self._rate * 1_000_000)

    @property
    def off_s(self) -> float:
        """How far it is from where it would be, had nothing happened to it."""
        return (self() - EPOCH_US) / 1_000_000 - now_s()

    def jump(self, seconds: float) -> None:
        """Forwards or backwards, at once."""
        self._start_from(self() + round(seconds * 1_000_000), self._rate)

    def run_at(self, rate: float) -> None:
        """1.0: as fast as the world's."""
        self._start_from(self(), rate)

    def heal(self) -> None:
        """Right speed, and no earlier than ever: what became due once is due again."""
        self._start_from(max(self(), *(before_us for _, before_us, _ in self._turns), 0), 1.0)

    def turned_between(self, from_s: float, until_s: float) -> list[int]:
        """What it showed right before and after each of its changes: with both ends, the lowest and highest of all."""
        turns = [turn for turn in self._turns if from_s <= turn[0] <= until_s]
        return [time_us for _, before_us, after_us in turns for time_us in (before_us, after_us)]

    def _start_from(self, at_us: int, rate: float) -> None:
        self._turns.append((now_s(), self(), at_us))
        self._at_s, self._at_us, self._rate = now_s(), at_us, rate
