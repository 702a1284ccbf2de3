"""Filters that fail are counted here, and the store is told now and then."""

import asyncio
import logging
from typing import Final

from msgspec import structs

from penstock.model.errors import PenstockError
from penstock.model.event import StoredEvent
from penstock.model.filter_failures import ERROR_CHARS_MAX, FilterFailures
from penstock.model.filters.matching import Failed
from penstock.model.lane import LambdaId
from penstock.ports.filter_failures import FilterFailureCounts

TELL_EVERY_S: Final = 1.0

log = logging.getLogger(__name__)


class FilterFailureBook:
    """`of` gives each filter somebody to tell; `run` tells the store, and sleeps while nothing fails."""

    def __init__(self, counts: FilterFailureCounts) -> None:
        self._counts = counts
        self._seen: dict[LambdaId, FilterFailures] = {}
        self._some = asyncio.Event()

    def of(self, lambda_id: LambdaId) -> Failed:
        """To be called for each failure of this subscription. An event that fails in several places counts once."""
        last: StoredEvent | None = None

        def failed(event: StoredEvent, why: str) -> None:
            nonlocal last
            if event is last:
                return
            last = event
            before = self._seen.get(lambda_id)
            count = before.count + 1 if before else 1
            self._seen[lambda_id] = FilterFailures(
                lambda_id, count, why[:ERROR_CHARS_MAX], event.subject, event.sequence
            )
            self._some.set()

        return failed

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._some.wait()
            await self.tell()
            await asyncio.sleep(TELL_EVERY_S)

    async def tell(self) -> None:
        """One round of `run`. What cannot be told now is kept for the next one."""
        self._some.clear()
        seen, self._seen = self._seen, {}
        if not seen:
            return
        try:
            await self._counts.add(list(seen.values()))
        except PenstockError as error:
            log.warning("%d filters that failed could not be counted yet: %s", len(seen), error)
            for lambda_id, each in seen.items():
                since = self._seen.get(lambda_id)
                self._seen[lambda_id] = structs.replace(since, count=since.count + each.count) if since else each
            self._some.set()
