"""How many tasks of each lane may be handed out now: the starts a second that quotas allow, and weights."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from penstock.flow.purses import Purses, now_s
from penstock.flow.quota_book import QuotaBook
from penstock.model.errors import PenstockError
from penstock.model.lane import LambdaId, LaneId, lambda_of
from penstock.model.token_bucket import Purse
from penstock.ports.quotas import Quotas

log = logging.getLogger(__name__)

STORE_RETRY_S = 0.5
LOOK_S = 1.0
"""who waits for longer looks again whether the quota is still the same"""


class PacedStarts:
    """Implements `ports.quotas.StartQuotas`. Several orchestrators share a quota through the store's buckets."""

    def __init__(self, book: QuotaBook, quotas: Quotas) -> None:
        self._book = book
        self._purses = Purses(quotas)
        self._fetching: dict[LaneId, asyncio.Task[None]] = {}
        self._on_more: Callable[[LambdaId], None] = _nobody

    def weight(self, lambda_id: LambdaId) -> float:
        return self._book.weight(lambda_id)

    def when_more(self, callback: Callable[[LambdaId], None]) -> None:
        self._on_more = callback

    def startable(self, lane: LaneId, wanted: int) -> int:
        limits = self._book.start_limits(lane)
        if not limits:
            return wanted
        purses, now = self._purses.of(limits), now_s()
        for purse in purses:
            purse.ask(wanted, now)
        count = min(wanted, *[purse.at_hand(now) for purse in purses])
        for purse in purses:
            purse.spend(count)
        if count < wanted and lane not in self._fetching:
            self._fetch(lane, self._fetch_more(lane, purses, wanted - count))
        return count

    def give_back(self, lane: LaneId, count: int) -> None:
        for purse in self._purses.of(self._book.start_limits(lane)):
            purse.give_back(count)

    def _fetch(self, lane: LaneId, work: Coroutine[Any, Any, None]) -> None:
        task = self._fetching[lane] = asyncio.get_running_loop().create_task(work)
        task.add_done_callback(lambda _: self._fetched(lane))

    def _fetched(self, lane: LaneId) -> None:
        self._fetching.pop(lane, None)
        self._on_more(lambda_of(lane))

    async def _fetch_more(self, lane: LaneId, purses: list[Purse], wanted: int) -> None:
        """Wait until the store's buckets may have some, and draw. Who is told then asks again if it is not enough."""
        wait_s = max(purse.dry_s(1, now_s()) for purse in purses)
        if wait_s:
            await asyncio.sleep(min(wait_s, LOOK_S))
            if wait_s > LOOK_S:
                return
        of_use = min(wanted, *[purse.limit.burst for purse in purses])
        empty = [(purse, of_use) for purse in purses if purse.at_hand(now_s()) < 1]
        if not empty:
            return
        try:
            await self._purses.draw(empty, all_or_none=False)
        except PenstockError as error:
            log.debug("no tokens for lane %d: %s", lane, error)
            await asyncio.sleep(STORE_RETRY_S)


def _nobody(_lambda_id: LambdaId) -> None:
    """Before anybody listens."""
