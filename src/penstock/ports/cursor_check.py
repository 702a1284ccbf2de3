"""Sources against cursors: the one comparison that refresh and verify share."""

from collections.abc import Sequence
from typing import Protocol

from penstock.model.event import StreamId
from penstock.model.lag import Lag
from penstock.model.stream import SubjectHead
from penstock.model.subscription import Subscription


class CursorCheck(Protocol):
    """`Unavailable` when the store or the source cannot answer."""

    async def compare(
        self, stream_id: StreamId, heads: Sequence[SubjectHead], subscriptions: Sequence[Subscription]
    ) -> list[Lag]:
        """What of these subjects, as their source told of them, these subscriptions of the stream have not completed.
        All subscriptions of the stream are given: they wait for one another.
        """
