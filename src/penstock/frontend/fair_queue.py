"""Calls that wait for a trip, lane by lane in turn: a flood of one keeps no other waiting."""

from collections import deque
from collections.abc import Hashable
from typing import Generic, Protocol, TypeVar


class Waits(Protocol):
    """What may stand in the queue."""

    @property
    def rows(self) -> int: ...
    @property
    def since_s(self) -> float: ...


Item = TypeVar("Item", bound=Waits)


class FairQueue(Generic[Item]):
    """`rows`: of all that stand here."""

    def __init__(self) -> None:
        self._lines: dict[Hashable, deque[Item]] = {}
        self.rows = 0

    def __bool__(self) -> bool:
        return bool(self._lines)

    def put(self, line: Hashable, item: Item) -> None:
        """At the end of its line."""
        found = self._lines.get(line)
        if found is None:
            self._lines[line] = deque((item,))
        else:
            found.append(item)
        self.rows += item.rows

    def first(self) -> Item:
        """Whose turn it is; only where somebody is."""
        return next(iter(self._lines.values()))[0]

    def take(self) -> Item:
        """The same, and it is the turn of the next line."""
        line, items = next(iter(self._lines.items()))
        item = items.popleft()
        self.rows -= item.rows
        if not items:
            del self._lines[line]
        elif len(self._lines) > 1:
            self._lines[line] = self._lines.pop(line)
        return item

    def oldest_s(self) -> float | None:
        """Since when the first of all lines waits; None: nobody does."""
        return min((items[0].since_s for items in self._lines.values()), default=None)
