"""Claims that wait here for a slot: high before normal before low, with a floor, as they were handed out."""

from collections import deque
from collections.abc import Iterable
from typing import Final

from penstock.execution.held import Held
from penstock.model.lane import TURNS, Priority

Line = deque[Held]


class Buffer:
    """Filled from one thread, emptied from another: the ends of its lines move atomically. Those who empty it do so one
    at a time.
    """

    __slots__ = ("_lines", "_pick", "_turns")

    def __init__(self) -> None:
        # By number, and not in a dictionary: hashing an enumeration's member costs more than all else here.
        self._lines: Final[tuple[Line, ...]] = tuple(deque[Held]() for _ in range(max(Priority) + 1))
        self._turns: Final = tuple(tuple(self._lines[priority] for priority in turn) for turn in TURNS)
        self._pick = 0

    def __bool__(self) -> bool:
        return any(self._lines)

    def extend(self, claims: Iterable[Held]) -> None:
        """Each at the end of its line."""
        lines = self._lines
        for held in claims:
            lines[held.priority].append(held)

    def popleft(self) -> Held:
        """Whose turn it is; raises `IndexError` when nobody waits."""
        self._pick = (self._pick + 1) % len(TURNS)
        for line in self._turns[self._pick]:
            if line:
                try:
                    return line.popleft()
                except IndexError:  # it was taken back in this moment
                    continue
        raise IndexError

    def remove(self, held: Held) -> None:
        """Raises `ValueError` for one that waits no longer."""
        self._lines[held.priority].remove(held)

    def take_all(self) -> list[Held]:
        """All that wait, the first of each line first."""
        taken: list[Held] = []
        for line in self._lines:
            own: list[Held] = []
            while line:
                try:
                    own.append(line.pop())
                except IndexError:  # its last has just been started
                    break
            taken += own[::-1]
        return taken
