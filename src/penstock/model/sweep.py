"""Dead letters, and sweeps: over them, a redrive makes each a new task, a purge deletes them; over tasks, each is
cancelled or tried again.

A dead letter is a task that is dead (its budget used up, a poison, undecodable) and was not tried again since.
"""

from enum import Enum, IntEnum
from typing import Final

from msgspec import Struct, structs

from penstock.model.selection import CANCELLABLE, FAILURES, TaskSelection

CAUSES: Final = ("budget", "poison", "lapses", "undecodable")
"""why a task may be dead; see `verdict`"""
RATE_PER_S_DEFAULT: Final = 100.0
RATE_PER_S_MIN: Final = 0.01
RATE_PER_S_MAX: Final = 10_000.0
STEP_S: Final = 0.2
STEP_ROWS_MAX: Final = 500


class SweepKind(IntEnum):
    """What becomes of each. The numbers are stored."""

    REDRIVE = 1
    PURGE = 2
    CANCEL = 3
    """at once where it waits; what runs is asked to stop"""
    RETRY = 4
    """each that ended becomes a new task, once"""

    def __str__(self) -> str:
        """Its name as people read it; the number is the store's."""
        return self.name.lower()

    __format__ = Enum.__format__


OVER_LETTERS: Final = frozenset({SweepKind.REDRIVE, SweepKind.PURGE})
"""these take a `DeadLetterFilter`; the others a `TaskSelection`"""


class SweepStatus(IntEnum):
    """A sweep runs until nothing that it meant at its beginning is left, or until somebody stops it."""

    RUNNING = 1
    DONE = 2
    STOPPED = 3


class DeadLetterFilter(Struct, frozen=True):
    """Empty fields do not filter. Times of death in microseconds, the first included, the second not."""

    lambda_name: str = ""
    collection: str = ""
    error_type: str = ""
    cause: str = ""
    """one of `CAUSES`"""
    from_us: int = 0
    until_us: int = 0


class DeadLetterGroup(Struct, frozen=True):
    """Dead letters that are alike."""

    lambda_name: str
    collection: str
    error_type: str
    cause: str
    count: int
    oldest_us: int
    """times of death"""
    newest_us: int


class Sweep(Struct, frozen=True):
    """Its order, its audit, and how far it has come."""

    id: bytes
    """16 bytes that whoever ordered it chose: the order can be repeated"""
    namespace_id: int
    kind: SweepKind
    wanted: DeadLetterFilter | TaskSelection
    rate_per_s: float
    asked_by: str
    reason: str = ""
    status: SweepStatus = SweepStatus.RUNNING
    handled: int = 0
    """so many so far"""
    created_at_us: int = 0
    """what died, ended or was scheduled later is left alone"""
    ended_at_us: int = 0
    stopped_by: str = ""


def selected(wanted: TaskSelection, kind: SweepKind) -> TaskSelection:
    """The selection with the statuses that are meant where none is named."""
    if wanted.statuses:
        return wanted
    return structs.replace(wanted, statuses=FAILURES if kind is SweepKind.RETRY else tuple(sorted(CANCELLABLE)))


def step_rows(rate_per_s: float) -> int:
    """How many tasks one step takes, so that a few steps a second keep the rate."""
    return max(1, min(STEP_ROWS_MAX, int(rate_per_s * STEP_S)))
