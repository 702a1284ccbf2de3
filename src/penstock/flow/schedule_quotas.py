"""Whether a call's tasks may be scheduled: what the quotas of their lambdas allow in a second."""

import asyncio

from penstock.flow.purses import Purses, now_s
from penstock.flow.quota_book import QuotaBook
from penstock.model.lane import LambdaId
from penstock.model.token_bucket import DRAW_AGAIN_S, Limit, Purse
from penstock.ports.quotas import Quotas


class MeteredSchedules:
    """Implements `ports.quotas.ScheduleQuotas`. Several frontends share a quota through the store's buckets.

    What a bucket is known not to have yet is refused without asking it.
    """

    def __init__(self, book: QuotaBook, quotas: Quotas) -> None:
        self._book = book
        self._purses = Purses(quotas)
        self._one_draws = asyncio.Lock()

    def limit(self, lambda_id: LambdaId) -> Limit | None:
        return self._book.schedule_limit(lambda_id)

    async def accept(self, counts: dict[LambdaId, int]) -> tuple[Limit, float] | None:
        needs: list[tuple[Purse, int]] = []
        for lambda_id, count in counts.items():
            limit = self._book.schedule_limit(lambda_id)
            if limit is not None:
                [purse] = self._purses.of([limit])
                purse.ask(count, now_s())
                needs.append((purse, count))
        if _spent(needs):
            return None
        async with self._one_draws:  # who waited for another's trip often needs none
            if _spent(needs):
                return None
            short = _short(needs)
            if refusal := _driest(short):
                return refusal
            await self._purses.draw(short, all_or_none=True)
            if _spent(needs):
                return None
            return _driest(_short(needs)) or (short[0][0].limit, DRAW_AGAIN_S)


def _spent(needs: list[tuple[Purse, int]]) -> bool:
    """All of them, or none."""
    if _short(needs):
        return False
    for purse, count in needs:
        purse.spend(count)
    return True


def _short(needs: list[tuple[Purse, int]]) -> list[tuple[Purse, int]]:
    now = now_s()
    return [(purse, count) for purse, count in needs if purse.at_hand(now) < count]


def _driest(short: list[tuple[Purse, int]]) -> tuple[Limit, float] | None:
    """The quota that keeps them waiting for longest; None: all of them may have enough by now."""
    now = now_s()
    waits = [(purse.dry_s(count, now), purse.limit) for purse, count in short]
    wait_s, limit = max(waits, key=_seconds)
    return (limit, wait_s) if wait_s > 0 else None


def _seconds(wait: tuple[float, Limit]) -> float:
    return wait[0]
