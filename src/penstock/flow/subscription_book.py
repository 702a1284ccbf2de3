"""Every subscription, kept at hand: a claim must not wait for a look-up."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from penstock.flow.fresh import keep_fresh
from penstock.model.delivery_row import ClaimedRange, DeliveryRow
from penstock.model.errors import InvalidInput
from penstock.model.event import StoredEvent, StreamId
from penstock.model.event_filter import Wants, matcher
from penstock.model.filters.matching import Failed
from penstock.model.lane import LambdaId, LaneId, lambda_of
from penstock.model.subscription import Subscription
from penstock.model.subscription_rules import skips_with
from penstock.ports.signals import Signals, Topic
from penstock.ports.subscriptions import Subscriptions

REFRESH_S = 5.0
"""the signal of a new registration may be lost"""

log = logging.getLogger(__name__)


def _unheard(_lambda_id: LambdaId) -> Failed:
    def failed(_event: StoredEvent, _why: str) -> None: ...

    return failed


class SubscriptionBook:
    """`of` answers from memory; `run` keeps the memory fresh. `failed_of` names who is told when a filter fails."""

    def __init__(
        self, subscriptions: Subscriptions, signals: Signals, failed_of: Callable[[LambdaId], Failed] = _unheard
    ) -> None:
        self._subscriptions = subscriptions
        self._failed_of = failed_of
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
        every = await self._subscriptions.all()
        if asked < self._answered:
            return
        self._answered = asked
        self._wants = dict(self._readable(every))
        known = {each.lambda_id: each for each in every if each.lambda_id in self._wants}
        self._skips_with = {number: skips_with(number, known) for number, each in known.items() if each.after}
        takers = Counter(each.stream_id for each in known.values())
        self._shared_streams = frozenset(stream_id for stream_id, count in takers.items() if count > 1)
        self._known = known

    def _readable(self, every: Iterable[Subscription]) -> Iterator[tuple[LambdaId, Wants | None]]:
        """The filters that this process can read, each made ready once. Subscriptions with another are nobody's here:
        their deliveries are parked, and none of their events is lost.
        """
        for each in every:
            stood = self._known.get(each.lambda_id)
            same = stood is not None and (stood.spec.wanted, stood.spec.stream) == (each.spec.wanted, each.spec.stream)
            try:
                yield each.lambda_id, self._wants[each.lambda_id] if same else self._matcher(each)
            except InvalidInput as error:
                log.error("%s is given nothing: its filter is one of another version: %s", each.lambda_name, error)

    def _matcher(self, each: Subscription) -> Wants | None:
        return matcher(each.spec.wanted, each.spec.stream, self._failed_of(each.lambda_id))

    async def run(self) -> None:
        """Refresh when something was registered, and now and then; until cancelled."""
        try:
            await keep_fresh("subscriptions", self.refresh, self._changed, REFRESH_S)
        finally:
            self._unlisten()
