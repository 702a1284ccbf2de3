"""Whom events are about: the same subjects, in the same order, for the platform and for its base."""

import bisect
import itertools
import random
from collections.abc import Iterator

from msgspec import Struct

SPREAD = 10_000_000
"""how many unique subjects there are"""
_STEP = 6_180_339
"""coprime to it: neighbours in time are far from each other by name"""
_BACK = pow(_STEP, -1, SPREAD)
REPEATED_AFTER = 100_000


class Shape(Struct, frozen=True):
    """The n-th of `subjects` comes as often as 1 / n ** zipf says; without any, each event has a subject of its own."""

    subjects: int
    zipf: float = 0.0

    def names(self) -> Iterator[str]:
        """Without end, always the same."""
        if not self.subjects:
            return unique_subjects()
        return itertools.cycle(subjects_of(REPEATED_AFTER, self.subjects, self.zipf))

    def first(self, events: int) -> list[str]:
        """The subjects of so many events."""
        return list(itertools.islice(self.names(), events))


def subjects_of(events: int, subjects: int, zipf: float) -> list[str]:
    """The subject of each event: the n-th of them comes as often as 1 / n ** zipf says. Always the same."""
    weights = list(itertools.accumulate(1 / (n + 1) ** zipf for n in range(subjects)))
    pick = random.Random(7)
    return [f"s{bisect.bisect(weights, pick.random() * weights[-1]):07d}" for _ in range(events)]


def unique_subjects() -> Iterator[str]:
    """No name comes twice before `SPREAD` of them have come."""
    return (f"u{n * _STEP % SPREAD:07d}" for n in itertools.count())


def place_of(subject: str) -> int:
    """A small number of each subject: unique ones are counted in the order in which they come."""
    number = int(subject[1:])
    return number * _BACK % SPREAD if subject[0] == "u" else number
