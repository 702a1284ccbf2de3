"""Where subscriptions write what they were given: `HEAD` counts of each, then the last sequence of each subject."""

from collections.abc import Sequence

from msgspec import Struct

EVENTS, DELIVERIES, REPEATED, MISSED = range(4)
HEAD = 4
SUBSCRIPTIONS = 2


class Given(Struct, frozen=True):
    """What a subscription was given so far."""

    events: int
    """each counted once"""
    deliveries: int
    repeated: int
    """events that had been given before"""
    missed: int
    """deliveries that were out of order, or left events out"""


def cells_for(subjects: int) -> int:
    """How many cells so many subjects need."""
    return SUBSCRIPTIONS * (HEAD + subjects)


def given(cells: memoryview, subscription: int) -> Given:
    """Counted by subscription 0 or 1 for itself."""
    return Given(*cells[HEAD * subscription : HEAD * (subscription + 1)])


def note(cells: memoryview, subscription: int, place: int, sequences: Sequence[int]) -> None:
    """A delivery of the subject at `place`. The first sequence of a subject is nobody's to know: who was not given that
    has too few at the end.
    """
    counts, last = HEAD * subscription, SUBSCRIPTIONS * (HEAD + place) + subscription
    begins, ends = sequences[0], sequences[-1]
    seen = cells[last] or begins - 1
    fresh = max(0, ends - seen)
    if begins > seen + 1 or list(sequences) != list(range(begins, ends + 1)):
        cells[counts + MISSED] += 1
    if fresh:
        cells[last] = ends
    cells[counts + EVENTS] += fresh
    cells[counts + DELIVERIES] += 1
    cells[counts + REPEATED] += len(sequences) - fresh
