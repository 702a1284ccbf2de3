"""Verify: what sources have, against what cursors say, a page at a time."""

from collections.abc import Sequence

from penstock.frontend.cursor_calls import Verified, VerifyCall
from penstock.frontend.page_token import NameSeal
from penstock.frontend.subscription_look import SubscriptionLook
from penstock.model.delivery import is_aside
from penstock.model.errors import LimitExceeded, NotFound
from penstock.model.lag import Lag, lag_of_aside
from penstock.model.limits import VERIFY_PAGE_DEFAULT, VERIFY_PAGE_MAX
from penstock.model.names import check_lambda_name
from penstock.model.subscription import Subscription
from penstock.ports.clock import StoreClock
from penstock.ports.cursor_check import CursorCheck
from penstock.ports.cursors import Cursors
from penstock.ports.source_book import SourceBook


class VerifyDesk:
    """`page_key`: see `InquiryDesk`. It changes nothing, and believes nothing but the source and the cursors."""

    def __init__(
        self,
        look: SubscriptionLook,
        check: CursorCheck,
        sources: SourceBook,
        clock: StoreClock,
        page_key: bytes,
        cursors: Cursors,
    ) -> None:
        self._look = look
        self._check = check
        self._sources = sources
        self._clock = clock
        self._seal = NameSeal(page_key)
        self._cursors = cursors

    async def verify(self, call: VerifyCall) -> Verified:
        """One page of a stream's subjects, in an order of its source's own; with the last one, events that were set
        aside and are not done. Raises `InvalidInput`, `NotFound`, `Unavailable`.
        """
        if not 0 <= call.page_size <= VERIFY_PAGE_MAX:
            raise LimitExceeded("page_size", f"{call.page_size} is outside of 1 to {VERIFY_PAGE_MAX}")
        if call.subscription:
            check_lambda_name(call.subscription, "subscription")
        subscriptions = await self._look.of_stream(call.namespace, call.stream)
        asked = [each for each in subscriptions if call.subscription in {"", each.lambda_name}]
        wanted = [each.lambda_name for each in asked]
        if not wanted:
            raise NotFound(f"{call.subscription!r} does not subscribe to {call.stream!r}")
        stream_id = subscriptions[0].stream_id
        scope = ("verify", stream_id, call.subscription)
        mark = bytes.fromhex(self._seal.last(scope, call.page_token)) if call.page_token else b""
        looked_at_us = (await self._clock.compare()).store_us
        page = await self._sources.source_of(stream_id).scan(mark, call.page_size or VERIFY_PAGE_DEFAULT)
        lags = await self._check.compare(stream_id, page.heads, subscriptions)
        behind = [lag for lag in lags if lag.subscription.lambda_name in wanted]
        return Verified(
            looked_at_us,
            len(page.heads),
            wanted,
            behind + (await self._aside(asked) if page.is_end else []),
            "" if page.is_end else self._seal.token(scope, page.mark.hex()),
        )

    async def _aside(self, subscriptions: Sequence[Subscription]) -> list[Lag]:
        """Looked for after all cursors: what one of them has just passed is there."""
        return [
            lag_of_aside(each, standing)
            for each in subscriptions
            for standing in await self._cursors.slowest(each.lambda_id, VERIFY_PAGE_MAX)
            if is_aside(standing.row.trigger.id) and standing.row.stream_id == each.stream_id
        ]
