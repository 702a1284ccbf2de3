"""One run, from every side: what clients were told, what lambdas wrote, what the store and the API hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from penstock.model.lifecycle import Event, Status
from tests.processes.fault_run.records import End, Start


@dataclass(frozen=True)
class Asked:
    """One task that a client wanted. `ids`: every answer it got; `unknown`: a call had no answer to the end."""

    number: int
    kind: str
    ids: tuple[bytes, ...]
    key: str = ""
    unknown: bool = False


@dataclass(frozen=True)
class Stored:
    """A row of `task`. `number` is out of its payload."""

    id: bytes
    kind: str
    number: int
    scheduled_at_us: int


@dataclass(frozen=True)
class Outcome:
    """A row of `outcome`."""

    id: bytes
    status: Status
    claim: int
    attempts: int
    crashes: int
    lapses: int
    reason: str
    result: bytes


@dataclass(frozen=True)
class Tried:
    """A row of `attempt`: an execution that did not end in success."""

    id: bytes
    claim: int
    ending: Event
    ended_at_us: int


@dataclass(frozen=True)
class Accepted:
    """A stale report or heartbeat that was not refused."""

    id: bytes
    claim: int
    event: Event


@dataclass(frozen=True)
class Interval:
    """Code of a task ran from `start_us` to `end_us`. `how` also: died."""

    start: Start
    end_us: int
    how: str


@dataclass(frozen=True)
class History:
    """All of it. `seen`: what status calls answered, in order; `live`: trigger rows that are left."""

    asked: Sequence[Asked] = ()
    stored: Sequence[Stored] = ()
    outcomes: Sequence[Outcome] = ()
    tried: Sequence[Tried] = ()
    starts: Sequence[Start] = ()
    ends: Sequence[End] = ()
    deaths: Mapping[int, int] = field(default_factory=dict)
    seen: Sequence[tuple[bytes, Status]] = ()
    listed: Mapping[bytes, Status] = field(default_factory=dict)
    accepted: Sequence[Accepted] = ()
    live: int = 0

    def intervals(self) -> list[Interval]:
        """In the order of their starts. Code without an end of its own ended with its process; of one that nobody
        saw die it runs for ever.
        """
        ends = {(end.task_id, end.claim, end.pid): end for end in self.ends}
        intervals = []
        for start in sorted(self.starts, key=lambda each: each.at_us):
            end = ends.get((start.task_id, start.claim, start.pid))
            if end is not None:
                intervals.append(Interval(start, end.at_us, end.how))
            else:
                intervals.append(Interval(start, self.deaths.get(start.pid, 2**63), "died"))
        return intervals
