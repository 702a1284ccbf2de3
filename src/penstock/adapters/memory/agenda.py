"""Task ids in order of time, without ever searching for one."""

from collections.abc import Callable
from heapq import heappop, heappush

from penstock.model.identity import TaskId

Wanted = Callable[[TaskId], bool]


class Agenda:
    """A heap of (time, id) whose entries aren't removed when their row moves on.

    `is_current` tells, when an entry comes up, whether it still speaks for its row.
    """

    def __init__(self, is_current: Callable[[int, TaskId], bool]) -> None:
        self._is_current = is_current
        self._heap: list[tuple[int, TaskId]] = []

    def add(self, at_us: int, task_id: TaskId) -> None:
        """Put a row's newest time in."""
        heappush(self._heap, (at_us, task_id))

    def first(self, wanted: Wanted) -> int | None:
        """The earliest time among the wanted ids; None when there is none."""
        found = self.upcoming(None, 1, wanted)
        return found[0][0] if found else None

    def upcoming(self, until_us: int | None, limit: int, wanted: Wanted) -> list[tuple[int, TaskId]]:
        """The first `limit` wanted entries up to a time, in order. They stay in."""
        found: list[tuple[int, TaskId]] = []
        seen: list[tuple[int, TaskId]] = []
        while self._heap and len(found) < limit and (until_us is None or self._heap[0][0] <= until_us):
            entry = heappop(self._heap)
            if (seen and seen[-1] == entry) or not self._is_current(*entry):
                continue
            seen.append(entry)
            if wanted(entry[1]):
                found.append(entry)
        for entry in seen:
            heappush(self._heap, entry)
        return found
