"""What is known of every lane: when its next task is due, and when it makes sense to ask again."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from msgspec import Struct

from penstock.model.lane import LaneId

REFILL_PAUSE_S: Final = 0.02
REFILL_PAUSE_S_MAX: Final = 0.2
"""How often a full lane's gauge is read: the window holds two seconds of work, so this is soon enough."""
FRUITLESS_PAUSE_S: Final = 0.002
FRUITLESS_PAUSE_S_MAX: Final = 0.25
"""A due row that cannot be had: our clock is a little fast, or another scheduler is moving it."""


class _Plan(Struct):
    due_at_us: int
    not_before_s: float = 0.0
    fruitless: int = 0
    """passes in a row that moved nothing although something was due"""
    full: int = 0
    """looks in a row that found no room"""
    has_backlog: bool = False


class Agenda:
    """Times of tasks are the store's clock; pauses are the loop's. A lane in a pass is busy: one at a time."""

    def __init__(self) -> None:
        self._plans: dict[LaneId, _Plan] = {}
        self._busy: dict[LaneId, None] = {}
        self._notebooks: list[dict[LaneId, int]] = []

    def hear(self, lane: LaneId, due_at_us: int) -> None:
        """The lane has a task that is due then."""
        for notebook in self._notebooks:
            notebook[lane] = min(due_at_us, notebook.get(lane, due_at_us))
        plan = self._plans.get(lane)
        if plan is None:
            self._plans[lane] = _Plan(due_at_us)
            return
        plan.due_at_us = min(due_at_us, plan.due_at_us)
        if plan.fruitless:
            plan.fruitless, plan.not_before_s = 0, 0.0

    @contextmanager
    def listening(self) -> Iterator[dict[LaneId, int]]:
        """What is heard while a look at the store is under way: the look may have been too early for it."""
        notebook: dict[LaneId, int] = {}
        self._notebooks.append(notebook)
        try:
            yield notebook
        finally:
            self._notebooks = [each for each in self._notebooks if each is not notebook]

    def take(self, lanes: Iterable[LaneId]) -> None:
        """Nobody else serves these lanes until they are released."""
        self._busy.update(dict.fromkeys(lanes))

    def release(self, lanes: Iterable[LaneId]) -> None:
        """Their pass is over."""
        for lane in lanes:
            del self._busy[lane]

    def ready(self, now_us: int, now_s: float) -> tuple[list[LaneId], list[LaneId]]:
        """Lanes with due work to serve now: those without a backlog, and those with one."""
        fresh: list[LaneId] = []
        backlogged: list[LaneId] = []
        for lane, plan in self._plans.items():
            if plan.due_at_us <= now_us and plan.not_before_s <= now_s and lane not in self._busy:
                (backlogged if plan.has_backlog else fresh).append(lane)
        return fresh, backlogged

    def next_moment_s(self, now_us: int, now_s: float, also_backlogged: bool) -> float | None:
        """When, by the loop's clock, a lane will be ready that is not busy; None: no lane that is known."""
        moments = [
            max(plan.not_before_s, now_s + (plan.due_at_us - now_us) / 1_000_000)
            for lane, plan in self._plans.items()
            if lane not in self._busy and (also_backlogged or not plan.has_backlog)
        ]
        return min(moments, default=None)

    def learn(self, asked: Iterable[LaneId], found: Mapping[LaneId, int], heard: Mapping[LaneId, int]) -> None:
        """The store's answer for all lanes asked about; busy ones are left to their pass."""
        for lane in asked:
            if lane not in self._busy:
                self._note(lane, found.get(lane), heard)

    def drained(
        self, lane: LaneId, next_due_us: int | None, heard: Mapping[LaneId, int], moved: int, now_us: int, now_s: float
    ) -> None:
        """A pass took all of the lane that it could get."""
        self._note(lane, next_due_us, heard)
        plan = self._plans.get(lane)
        if plan is None:
            return
        plan.has_backlog, plan.full = False, 0
        is_fruitless = not moved and plan.due_at_us <= now_us
        plan.fruitless = plan.fruitless + 1 if is_fruitless else 0
        plan.not_before_s = now_s + _growing(FRUITLESS_PAUSE_S, plan.fruitless, FRUITLESS_PAUSE_S_MAX)

    def has_more(self, lane: LaneId) -> None:
        """A pass took as much as one pass may: go on at once."""
        plan = self._plans[lane]
        plan.has_backlog, plan.fruitless, plan.full, plan.not_before_s = True, 0, 0, 0.0

    def is_full(self, lane: LaneId, moved: int, now_s: float) -> None:
        """The lane's window is full and more is due: go on as it drains."""
        plan = self._plans[lane]
        plan.has_backlog, plan.fruitless = True, 0
        plan.full = 1 if moved else plan.full + 1
        plan.not_before_s = now_s + _growing(REFILL_PAUSE_S, plan.full, REFILL_PAUSE_S_MAX)

    def postpone(self, lanes: Iterable[LaneId], until_s: float) -> None:
        """There was trouble: not before then."""
        for lane in lanes:
            self._plans[lane].not_before_s = until_s

    def _note(self, lane: LaneId, due_at_us: int | None, heard: Mapping[LaneId, int]) -> None:
        times_us = [time_us for time_us in (due_at_us, heard.get(lane)) if time_us is not None]
        if not times_us:
            self._plans.pop(lane, None)
            return
        for notebook in self._notebooks:  # a look that began before this one must not forget it
            notebook[lane] = min(*times_us, notebook.get(lane, times_us[0]))
        plan = self._plans.get(lane)
        if plan is None:
            self._plans[lane] = _Plan(min(times_us))
        else:
            plan.due_at_us = min(times_us)


def _growing(first_s: float, times: int, longest_s: float) -> float:
    return min(first_s * 2.0 ** min(times - 1, 16), longest_s) if times else 0.0
