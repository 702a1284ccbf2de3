"""For whom streams keep their events longer. Off the path of work."""

from collections.abc import Collection, Sequence
from typing import Protocol

from penstock.model.event import StreamId
from penstock.model.lane import LambdaId
from penstock.model.stream_hold import GivenUp, GiveUp, HeldStream


class EventHolds(Protocol):
    """`Unavailable` when the store cannot answer; every call may be repeated."""

    async def seen(self, lambda_ids: Collection[LambdaId]) -> None:
        """Workers serve these now. What is noted may be ten minutes old."""

    async def held(self) -> list[HeldStream]:
        """The streams that wait for cursors, each with all that is said of it at one moment."""

    async def needed_from(self, stream_id: StreamId, lambda_ids: Sequence[LambdaId], before_us: int) -> int:
        """When the oldest event was stored that a row of these subscriptions has not passed, while it waits or runs;
        `before_us` when there is none before that.
        """

    async def give_up(self, wish: GiveUp, limit: int) -> GivenUp:
        """Up to `limit` subjects, the longest blocked first, lose their events: each event that is wanted and is no
        dead letter becomes one with the reason `expired`, the dead one blocks no more, and the cursor goes on after
        them, in one transaction with what goes after the row and a line about it. What is left of the subject is handed
        over. One that has lost a thousand events stays blocked until the next call.
        """
