"""The tokens that this process has drawn, by quota, and the trips to the store for more."""

import asyncio
from collections.abc import Iterable, Sequence

from penstock.model.token_bucket import BucketKey, Draw, Limit, Purse
from penstock.ports.quotas import Quotas

PURSES_MAX = 10_000
"""kept of quotas that nobody uses any more"""


class Purses:
    """One purse for each quota that is used here."""

    def __init__(self, quotas: Quotas) -> None:
        self._quotas = quotas
        self._purses: dict[BucketKey, Purse] = {}

    def of(self, limits: Iterable[Limit]) -> list[Purse]:
        """Theirs, by the limits of this moment."""
        purses = []
        for limit in limits:
            purse = self._purses.get(limit.key)
            if purse is None:
                if len(self._purses) >= PURSES_MAX:
                    self._purses.clear()
                purse = self._purses[limit.key] = Purse(limit)
            elif purse.limit != limit:
                purse.change(limit)
            purses.append(purse)
        return purses

    async def draw(self, needs: Sequence[tuple[Purse, int]], *, all_or_none: bool) -> None:
        """Fill the purses, in one trip, to hold so many each, or with what there is; raises `Unavailable`."""
        asked: list[tuple[Purse, Draw]] = [
            (purse, purse.draw(count, now_s(), all_or_none=all_or_none)) for purse, count in needs
        ]
        grants = await self._quotas.draw([draw for _, draw in asked])
        for (purse, draw), grant in zip(asked, grants, strict=True):
            purse.fill(draw, grant, now_s())


def now_s() -> float:
    """The clock of purses."""
    return asyncio.get_running_loop().time()
