"""What publishers were told, what sources hold, what lambdas wrote and where cursors stood."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from penstock.model.identity import TaskId
from tests.processes.fault_run.events.given import Done, Given
from tests.processes.fault_run.history import History

Place = tuple[str, str]
"""A stream and a subject."""


@dataclass(frozen=True, slots=True)
class Truth:
    """One event as its source holds it."""

    sequence: int
    number: int
    type: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A cursor as somebody saw it; the answer was there at `at_us`."""

    delivery: TaskId
    cursor: int
    at_us: int


@dataclass(frozen=True, slots=True)
class Row:
    """The row of a <subscription, subject> at the end."""

    subscription: str
    stream: str
    subject: str
    cursor: int
    waits: bool


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A subscription of the run. `wanted`: the one type that it takes; "": all."""

    stream: str
    wanted: str = ""
    after: str = ""


@dataclass(frozen=True)
class EventHistory:
    """`acknowledged`: stream, subject, sequence, number of each event whose publisher was answered. `letters`: delivery
    and sequence of what was given up.
    """

    base: History
    subscribed: Mapping[str, Subscribed] = field(default_factory=dict)
    acknowledged: Sequence[tuple[str, str, int, int]] = ()
    truth: Mapping[Place, Sequence[Truth]] = field(default_factory=dict)
    given: Sequence[Given] = ()
    done: Sequence[Done] = ()
    letters: frozenset[tuple[TaskId, int]] = frozenset()
    samples: Sequence[Sample] = ()
    rows: Mapping[TaskId, Row] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)
    """of the files that are there"""

    @cached_property
    def done_at(self) -> dict[tuple[str, str, int], int]:
        """When a subscription was first done with an event of a subject, by its own word."""
        below = {(each.delivery, each.claim, each.pid): each for each in self.done}
        at: dict[tuple[str, str, int], int] = {}
        for given in self.given:
            done = below.get((given.delivery, given.claim, given.pid))
            for sequence, _ in given.events if done is not None else ():
                if done is not None and sequence < done.below:
                    key = (given.subscription, given.subject, sequence)
                    at[key] = min(done.at_us, at.get(key, done.at_us))
        return at

    @cached_property
    def skipped(self) -> frozenset[tuple[str, str, int]]:
        """What each subscription has given up."""
        return frozenset(
            (self.rows[delivery].subscription, self.rows[delivery].subject, sequence)
            for delivery, sequence in self.letters
        )

    @cached_property
    def stands(self) -> dict[tuple[str, str, int], Truth]:
        """Every event by stream, subject and sequence."""
        return {(*place, each.sequence): each for place, events in self.truth.items() for each in events}

    @cached_property
    def owed(self) -> dict[tuple[str, str], list[int]]:
        """The sequences of a subject that a subscription must be done with, in their order."""
        return {
            (name, subject): [
                each.sequence
                for each in events
                if of.wanted in {"", each.type}
                and (name, subject, each.sequence) not in self.skipped
                and (of.after, subject, each.sequence) not in self.skipped
            ]
            for name, of in self.subscribed.items()
            for (stream, subject), events in self.truth.items()
            if stream == of.stream
        }

    def wants(self, subscription: str, subject: str, sequence: int) -> bool:
        """By its filter."""
        of = self.subscribed[subscription]
        return of.wanted in {"", self.stands[of.stream, subject, sequence].type}
