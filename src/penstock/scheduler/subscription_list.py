"""The subscriptions as the dispatcher needs them: those of a stream."""

import asyncio
from collections.abc import Sequence
from typing import Final

from penstock.model.event import StreamId
from penstock.model.subscription import Subscription
from penstock.ports.signals import Signals, Topic
from penstock.ports.subscriptions import Subscriptions

FRESH_S: Final = 5.0


class SubscriptionList:
    """Read again when somebody has registered lambdas, and every `FRESH_S` for signals that were lost."""

    def __init__(self, subscriptions: Subscriptions, signals: Signals) -> None:
        self._subscriptions = subscriptions
        self._by_stream: dict[StreamId, list[Subscription]] = {}
        self._fresh_until_s = float("-inf")
        self._edition = 0
        self._unlisten = signals.listen(Topic.LAMBDAS, lambda _: self._outdate())

    def stop(self) -> None:
        """Listen no more."""
        self._unlisten()

    async def refresh(self) -> None:
        """Read it if what is known may be old; raises `Unavailable`."""
        if asyncio.get_running_loop().time() >= self._fresh_until_s:
            await self.read()

    async def read(self) -> None:
        """Read it; raises `Unavailable`."""
        edition, until_s = self._edition, asyncio.get_running_loop().time() + FRESH_S
        by_stream: dict[StreamId, list[Subscription]] = {}
        for each in await self._subscriptions.all():
            by_stream.setdefault(each.stream_id, []).append(each)
        self._by_stream = by_stream
        if edition == self._edition:
            self._fresh_until_s = until_s

    def of(self, stream_id: StreamId) -> Sequence[Subscription]:
        """All that subscribe to a stream."""
        return self._by_stream.get(stream_id, ())

    def streams(self) -> list[StreamId]:
        """All that somebody subscribes to."""
        return sorted(self._by_stream)

    def _outdate(self) -> None:
        self._edition += 1
        self._fresh_until_s = float("-inf")
