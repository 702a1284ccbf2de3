"""What a rule wants changed. A store applies changes; it never decides them.

Each names the claim and the statuses from which it is legal. A change whose row has moved
on meanwhile is refused by the store and changes nothing.
"""

from msgspec import Struct

from penstock.model.identity import TaskId
from penstock.model.lifecycle import Event, Status
from penstock.model.task import NO_FAILURE, Attempt, Failure


class Finish(Struct, frozen=True, gc=False):
    """The trigger row goes, an outcome row comes.

    Counters are what is *added*: a success needs no look at the row before.
    """

    id: TaskId
    event: Event
    """legal sources and nothing else come from it; `status` says where it leads"""
    status: Status
    claim: int | None
    """None: whatever the claim is (a waiting task has no holder)"""
    add_attempts: int = 0
    add_crashes: int = 0
    add_lapses: int = 0
    result: bytes = b""
    result_left_out: bool = False
    run_us: int = 0
    failure: Failure = NO_FAILURE
    executor: str = ""
    reason: str = ""
    history: Attempt | None = None
    seen_trigger_at_us: int | None = None
    """Not None: refused unless `trigger_at` is still this. Who ends a lease that has run out says so:
    the claim may have been renewed since the row was read, and then its holder goes on."""
    namespace_id: int | None = None
    """Not None: refused unless the task is this namespace's. Who acts for one tenant touches no other's."""


class Move(Struct, frozen=True, gc=False):
    """The trigger row changes its status."""

    id: TaskId
    event: Event
    status: Status
    claim: int | None
    delay_us: int = 0
    """`trigger_at` becomes the store's clock plus this"""
    add_attempts: int = 0
    add_crashes: int = 0
    add_lapses: int = 0
    suspect: bool | None = None
    """None: as it was"""
    history: Attempt | None = None
    seen_trigger_at_us: int | None = None
    """Not None: refused unless `trigger_at` is still this. Who ends a lease that has run out says so:
    the claim may have been renewed since the row was read, and then its holder goes on."""
    namespace_id: int | None = None
    """Not None: refused unless the task is this namespace's. Who acts for one tenant touches no other's."""


class AskToCancel(Struct, frozen=True, gc=False):
    """An owned task's `cancel_requested` is set; its lease stays."""

    id: TaskId


Change = Finish | Move | AskToCancel
