"""The cursors of subscriptions, as those see them who look after them. Off the path of work."""

from collections.abc import Sequence
from typing import Protocol

from penstock.model.cursors import CursorCount, CursorOrder, CursorOrderLine, IdleRow, KeptLetter, StandingRow
from penstock.model.identity import TaskId
from penstock.model.lane import LambdaId
from penstock.model.refresh import Behind


class Cursors(Protocol):
    """`Unavailable` when the store cannot answer. What these look at grows with active subjects, and is bounded."""

    async def behind(self, ids: Sequence[TaskId], heads: Sequence[int]) -> list[Behind]:
        """Those of the rows whose cursors are below these heads, or which are missing, in the order of the question."""

    async def counts(self, lambda_ids: Sequence[LambdaId]) -> list[CursorCount]:
        """Of these subscriptions, in their order."""

    async def slowest(self, lambda_id: LambdaId, limit: int) -> list[StandingRow]:
        """Rows of a subscription that have something to hand over, what has stood longest first."""

    async def rows(self, ids: Sequence[TaskId]) -> list[StandingRow]:
        """The rows among these, idle ones too."""

    async def letters(self, lambda_id: LambdaId, subject_hash: bytes, limit: int) -> list[KeptLetter]:
        """Dead events of a subscription, b"": of all its subjects, the latest first."""

    async def orders(self, lambda_id: LambdaId, limit: int) -> list[CursorOrderLine]:
        """What was ordered about a subscription's events, the latest first."""

    async def obey(self, order: CursorOrder) -> bool:
        """Pass over the event, or hand it over again, with a line about who and why, in one transaction. What goes
        after the row follows. False, and nothing has changed: its row is being run, its cursor has moved, or, of a
        redrive, no dead event blocks it.
        """

    async def page(self, after: TaskId, limit: int) -> list[IdleRow]:
        """Rows whose ids follow `after`, in their order."""

    async def forget(self, rows: Sequence[IdleRow]) -> int:
        """Remove those that are still idle where they were; answers how many."""
