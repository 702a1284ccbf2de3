"""The cursors of subscriptions, as those see them who look after them. Off the path of work."""

from collections.abc import Sequence
from typing import Protocol

from penstock.model.identity import TaskId
from penstock.model.refresh import Behind


class Cursors(Protocol):
    """`Unavailable` when the store cannot answer."""

    async def behind(self, ids: Sequence[TaskId], heads: Sequence[int]) -> list[Behind]:
        """Those of the rows whose cursors are below these heads, or which are missing, in the order of the question."""
