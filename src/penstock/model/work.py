"""What passes between an orchestrator and an executor."""

from msgspec import Struct

from penstock.model.delivery import Span
from penstock.model.event import Event, weight_bytes
from penstock.model.identity import TaskId
from penstock.model.lane import Priority
from penstock.model.progress import Progress
from penstock.model.task import ClaimKey


def stamp_every_s(lease_s: float) -> float:
    """How often at least an executor repeats its credit and tells its stamp."""
    return min(1.0, lease_s / 10)


def silence_s(lease_s: float) -> float:
    """Who has told nothing for so long is stopped or cut off: what it were given would wait for its lease."""
    return 3 * stamp_every_s(lease_s)


class Hello(Struct, frozen=True):
    """Who an executor is and what it serves."""

    executor: str
    """host/process, for people to read; names the holder in histories"""
    namespace: str
    lambdas: tuple[str, ...]
    version: str = ""
    locality: str = ""
    quarantine: bool = False
    """takes suspects only, one at a time"""


class Assignment(Struct, frozen=True, gc=False):
    """One claimed task on its way to an executor."""

    id: TaskId
    claim: int
    lambda_name: str
    payload: bytes
    tries: int
    """executions before this one that ended or crashed"""
    scheduled_at_us: int
    collection: str
    priority: Priority
    events: list[Event] = []
    """of a delivery: what it hands over, at least one"""
    span: Span | None = None
    """None: it is a task"""

    @property
    def events_bytes(self) -> int:
        """About what a delivery weighs in a message; 0 for a task."""
        return weight_bytes(self.events)


class Settled(Struct, frozen=True):
    """What became of results that came on a credit stream."""

    number: int
    """the executor's own, by which it knows them"""
    refused: list[TaskId]
    """those whose claim was not current"""
    problem: str = ""
    """not empty: none of them is settled, and this is why"""
    repeatable: bool = False
    """the problem may pass"""


class GateNews(Struct, frozen=True):
    """What an executor is told of gates; about the lambdas of its stream only."""

    checked_us: int
    """the executor's own monotonic clock: the gates were looked at no earlier"""
    shut: frozenset[tuple[str, str]] = frozenset()
    """lambda and collection ("": all of them)"""


class WorkMessage(Struct, frozen=True):
    """One message of the credit stream, downwards."""

    assignments: list[Assignment] = []
    stamp_us: int = 0
    """the executor's own monotonic stamp from before these claims were asked for"""
    cancels: list[ClaimKey] = []
    quarantine_wanted: list[str] = []
    lease_s: float = 0.0
    """in the first message; 0 afterwards"""
    heartbeat_s: float = 0.0
    checked_us: int = 0
    """the executor's own monotonic clock: no earlier than this did the store let these claims pass its gates.
    0: by a server that knows no gates"""
    gates: GateNews | None = None
    takes_results: bool = False
    """in the first message: results may come on the stream too"""
    settled: list[Settled] = []


class Beat(Struct, frozen=True, gc=False):
    """One claim in a heartbeat."""

    id: TaskId
    claim: int
    started: bool
    run_us: int = 0
    """how long its code has run so far"""
    executor: str = ""
    """who holds it, for people to read"""
    namespace_id: int | None = None
    """whose worker says it; None: it speaks for all"""
    progress: Progress | None = None
    """what its code has said since the last beat that said any"""


class HeartbeatAnswer(Struct, frozen=True):
    """Who may go on."""

    refused: frozenset[TaskId] = frozenset()
    """the claim is not current: stop the code, say nothing more of it"""
    cancel_requested: frozenset[TaskId] = frozenset()
