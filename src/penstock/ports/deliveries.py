"""Rows of <subscription, subject>: raised by what is heard, claimed as tasks are, moved on with their cursors."""

from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import Struct

from penstock.model.delivery_row import Advance, ClaimedRange, DeliveryRow, NewDelivery, Part, Rise, Settle, Standing
from penstock.model.event import StreamId
from penstock.model.identity import TaskId
from penstock.model.lane import LaneId
from penstock.model.task import Reference

Room = Callable[[LaneId], int]
"""How many references a lane may take now."""


def no_room(_lane: LaneId) -> int:
    """For who cannot publish references: what is behind waits for its turn in the store."""
    return 0


class Raised(Struct, frozen=True):
    """What a trip moved on. Whoever asked for it publishes the references and wakes the schedulers for the lanes."""

    references: dict[LaneId, list[Reference]] = {}
    enqueued_at_us: int = 0
    waiting: frozenset[LaneId] = frozenset()
    """lanes in which something is due and waits for room"""
    missing: frozenset[TaskId] = frozenset()
    """of those that were asked about: there is no such row"""
    unmade: tuple[tuple[StreamId, str], ...] = ()
    """subjects for which a row is missing that goes after others, or that others go after: whoever hears of the subject
    next makes it"""


class Moved(Struct, frozen=True):
    """What became of changes."""

    held: list[bool]
    """one a change: whether its guard let it through"""
    raised: Raised = Raised()


class Deliveries(Protocol):
    """Duties. Guards come from `lifecycle.DELIVERY_MATRIX`; a change whose row has moved on is refused, not raised.
    Cursors only rise, and never over the head. Where a cursor moves, or a row is made, the heads of the rows that go
    after it follow in the same transaction: they are the least cursor of all that go before. `Unavailable` when the
    store cannot answer: it may or may not have committed, and every call may be repeated.

    A row is enqueued at once when its lane has `room` and nothing older of the lane waits in the store.
    """

    async def raise_heads(self, rises: Sequence[Rise], room: Room) -> Raised:
        """Heads only rise here. A row that was idle and is behind now is moved on. Each row is named once."""

    async def make(self, rows: Sequence[NewDelivery], room: Room) -> Raised:
        """Rows that are behind from their start; those that stand already are `missing` from what was made."""

    async def claim(self, ids: Sequence[TaskId], lease_s: float) -> list[ClaimedRange]:
        """As `Transitions.claim`: what a gate stops is held, what cannot be claimed is left out."""

    async def lower(self, claimed: Sequence[ClaimedRange], found: Sequence[int]) -> None:
        """The source has less than the heads of these claims say: they become what was found, unless somebody has
        heard of more since the claim.
        """

    async def condemned(self, limit: int) -> list[DeliveryRow]:
        """Rows that were due while a gate dropped, any of them: they wait for their end."""

    async def read(self, ids: Sequence[TaskId]) -> dict[TaskId, DeliveryRow]:
        """The rows among these ids, idle ones too."""

    async def standing(self, parts: Sequence[Part]) -> list[Standing]:
        """How rows stand with parts of their subjects. A row need not be there."""

    async def apply(self, changes: Sequence[Advance | Settle], room: Room) -> Moved:
        """Each change whose guard holds, with its letter, its line of history and the row of what it sets aside, in one
        transaction. Each row is named once. A row that is set aside and stands already is left as it is.
        """
