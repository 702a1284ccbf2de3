"""What happened, as seen from outside of the platform: events, the intervals in which user code ran, faults."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

from penstock.model.identity import TaskId


class Happening(NamedTuple):
    """One line of the story. `task` None: it concerns no task, or all."""

    at_s: float
    who: str
    what: str
    task: TaskId | None
    detail: object


@dataclass(slots=True, eq=False)
class Interval:
    """One execution of user code, from its first line to its last, on the world's own clock."""

    task: TaskId
    claim: int
    number: int
    """the order's number, out of the payload"""
    kind: str
    executor: str
    quarantine: bool
    start_s: float
    store_us: int
    """the store's clock at the start"""
    end_s: float | None = None
    how: str = ""
    """returned, the exception's name, crashed, or killed"""


class Chronicle:
    """Written by nature and by user code, never read by the platform."""

    def __init__(self) -> None:
        self.happenings: list[Happening] = []
        self.intervals: list[Interval] = []
        self.effects: Counter[str] = Counter()
        """faults that were felt by somebody"""
        self.provocations: Counter[str] = Counter()
        """what lambdas did to the platform, and what the platform rightly refused"""
        self.breaches: list[str] = []
        """what was seen to be wrong while it happened"""
        self.is_closed = False

    def note(self, who: str, what: str, task: TaskId | None = None, detail: object = "") -> None:
        """One line more."""
        if not self.is_closed:
            self.happenings.append(Happening(now_s(), who, what, task, detail))

    def took_effect(self, fault: str, who: str, task: TaskId | None = None, detail: object = "") -> None:
        """A fault was felt by somebody."""
        if not self.is_closed:
            self.effects[fault] += 1
            self.happenings.append(Happening(now_s(), who, f"FAULT {fault}", task, detail))

    def provoked(self, what: str, who: str, task: TaskId | None = None, detail: object = "") -> None:
        """User code misbehaved, or something stale was refused."""
        if not self.is_closed:
            self.provocations[what] += 1
            self.happenings.append(Happening(now_s(), who, what, task, detail))

    def breach(self, sentence: str) -> None:
        """Something that must never happen has happened."""
        if not self.is_closed:
            self.breaches.append(sentence)
            self.note("world", f"BREACH {sentence}")

    def begin(self, interval: Interval) -> Interval:
        """User code has come to its first line."""
        if not self.is_closed:
            self.intervals.append(interval)
            self.note(interval.executor, f"starts {interval.kind} claim {interval.claim}", interval.task)
        return interval

    def finish(self, interval: Interval, how: str) -> None:
        """It has left its last line, or its process is gone."""
        if interval.end_s is None and not self.is_closed:
            interval.end_s, interval.how = now_s(), how
            self.note(interval.executor, f"ends claim {interval.claim}: {how}", interval.task)


def now_s() -> float:
    """The world's own clock."""
    return asyncio.get_running_loop().time()
