"""Every subscription, kept at hand: a claim must not wait for a look-up."""

import asyncio
from collections import Counter
from collections.abc import Sequence

from penstock.flow.fresh import keep_fresh
from penstock.model.delivery_row import ClaimedRange, DeliveryRow
from penstock.model.event import StreamId
from penstock.model.event_filter import Wants, matcher
from penstock.model.lane import LambdaId, LaneId, lambda_of
from penstock.model.subscription import Subscription
from penstock.model.subscription_rules import skips_with
from penstock.ports.signals import Signals, Topic
from penstock.ports.subscriptions import Subscriptions

REFRESH_S = 5.0
"""the signal of a new registration may be lost"""


class SubscriptionBook:
    """`of` answers from memory; `run` keeps the memory fresh."""

    def __init__(self, subscriptions: Subscriptions, signals: Signals) -> None:
        self._subscriptions = subscriptions
        self._known: dict[LambdaId, Subscription] = {}
        self._wants: dict[LambdaId, Wants | None] = {}
        self._edition = -1
        self._asked = self._answered = 0
        self._skips_with: dict[LambdaId, tuple[LambdaId, ...]] = {}
        self._shared_streams: frozenset[StreamId] = frozenset()
        self._changed = asyncio.Event()
        self._unlisten = signals.listen(Topic.LAMBDAS, lambda _: self._changed.set())

    def of(self, row: ClaimedRange | DeliveryRow) -> Subscription | None:
        """Whose row it is; None when its lambda subscribes to its stream no more."""
        lane: LaneId = row.lane if isinstance(row, ClaimedRange) else row.trigger.lane
        subscription = self._known.get(lambda_of(lane))
        return subscription if subscription is not None and subscription.stream_id == row.stream_id else None

    def wants(self, subscription: Subscription) -> Wants | None:
        """Its filter; None: it wants all events."""
        return self._wants[subscription.lambda_id]

    def skips_with(self, subscription: Subscription) -> Sequence[LambdaId]:
        """All that go before it, and before those, and what they give up is not for it."""
        return self._skips_with.get(subscription.lambda_id, ())

    def is_shared(self, stream_id: StreamId) -> bool:
        """Whether several subscribe to it."""
        return stream_id in self._shared_streams

    async def know(self, ranges: Sequence[ClaimedRange]) -> None:
        """All that was declared before these were claimed, whether a signal has told of it or not: events must not be
        judged by a filter that was replaced before they were stored. Raises `Unavailable`.
        """
        edition = max((each.edition for each in ranges), default=self._edition)
        if edition != self._edition:
            await self.refresh()
            self._edition = edition

    async def refresh(self) -> None:
        """Read all of them; raises `Unavailable`. What was asked before another answer came is older than that."""
        self._asked += 1
        asked = self._asked
        known = {each.lambda_id: each for each in await self._subscriptions.all()}
        if asked < self._answered:
            return
        self._answered = asked
        self._wants = {number: matcher(each.spec.wanted) for number, each in known.items()}
        self._skips_with = {number: skips_with(number, known) for number, each in known.items() if each.after}
        takers = Counter(each.stream_id for each in known.values())
        self._shared_streams = frozenset(stream_id for stream_id, count in takers.items() if count > 1)
        self._known = known

    async def run(self) -> None:
        """Refresh when something was registered, and now and then; until cancelled."""
        try:
            await keep_fresh("subscriptions", self.refresh, self._changed, REFRESH_S)
        finally:
            self._unlisten()
