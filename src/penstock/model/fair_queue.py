"""Who waits for a trip to the store, line by line in turn; heavy lines apart from light ones.

A flood of one line keeps no other waiting: neither behind it in the queue, nor aboard a trip that is long for its sake.
"""

from collections import deque
from collections.abc import Hashable
from enum import Enum, unique
from typing import Final, Generic, Protocol, TypeVar

from penstock.model.usage import Usage

LIGHT_ROWS_MAX: Final = 250
"""no line is heavy with so few waiting: a trip with them takes a few milliseconds"""
HEAVY_TIMES: Final = 2.0
"""as much as one of the others on average asks a line for that is heavy, if it has more waiting"""


class Waits(Protocol):
    """What may stand in the queue."""

    @property
    def rows(self) -> int: ...
    @property
    def since_s(self) -> float: ...


Item = TypeVar("Item", bound=Waits)


@unique
class Load(Enum):
    """What a line is to the others. Light ones come first, heavy ones travel in trips of their own."""

    LIGHT = "light"
    HEAVY = "heavy"


class _Line(Generic[Item]):
    __slots__ = ("items", "rows")

    def __init__(self) -> None:
        self.items: deque[Item] = deque()
        self.rows = 0


class FairQueue(Generic[Item]):
    """Pure: `since_s` of what is put is the time. `rows`: of all that stand here."""

    def __init__(self) -> None:
        self._light: dict[Hashable, _Line[Item]] = {}
        self._heavy: dict[Hashable, _Line[Item]] = {}
        self._lines = {Load.LIGHT: self._light, Load.HEAVY: self._heavy}
        self._usage = Usage()
        self.rows = 0

    def has(self, load: Load) -> bool:
        """Whether such a line waits."""
        return bool(self._lines[load])

    def put(self, line: Hashable, item: Item) -> None:
        """At the end of its line."""
        self._usage.asked(line, item.rows, item.since_s)
        found = self._heavy.get(line) or self._light.get(line)
        if found is None:
            found = self._light[line] = _Line()
        found.items.append(item)
        found.rows += item.rows
        self.rows += item.rows
        if line in self._light and self._is_heavy(line, found):
            self._heavy[line] = self._light.pop(line)

    def first(self, load: Load) -> Item:
        """Whose turn it is; only where somebody is."""
        return next(iter(self._lines[load].values())).items[0]

    def take(self, load: Load) -> Item:
        """The same, and it is the turn of the next line."""
        lines = self._lines[load]
        key = next(iter(lines))
        line = lines.pop(key)
        item = line.items.popleft()
        line.rows -= item.rows
        self.rows -= item.rows
        if line.items:
            (self._heavy if self._is_heavy(key, line) else self._light)[key] = line
        return item

    def oldest_s(self, load: Load) -> float | None:
        """Since when the first of all such lines waits; None: nobody does."""
        return min((line.items[0].since_s for line in self._lines[load].values()), default=None)

    def _is_heavy(self, key: Hashable, line: _Line[Item]) -> bool:
        return line.rows > LIGHT_ROWS_MAX and self._usage.times_others(key) > HEAVY_TIMES
