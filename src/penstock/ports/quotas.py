"""Quotas: what operators have ordered and code has declared, and the tokens that they let pass."""

from collections.abc import Callable, Sequence
from typing import Final, Protocol

from penstock.model.lane import LambdaId, LaneId
from penstock.model.quota import Quota, QuotaLine, QuotaOrder
from penstock.model.token_bucket import Draw, Grant, Limit


class Quotas(Protocol):
    """A role of the store. All methods raise `Unavailable`."""

    async def order(self, order: QuotaOrder) -> None:
        """Set or clear an operator's quota, with a line in the trail, in one transaction.

        Clearing what is not set changes nothing, as does an order that comes again with its token, also when others
        have come in between. Raises `InvalidInput` for a token that was used for anything else.
        """

    async def standing(self, namespace_id: int, lambda_name: str) -> list[Quota]:
        """Operators' quotas and those that code declares; of one lambda, or of all for "". By name, kind, priority."""

    async def all(self) -> list[Quota]:
        """The same of every namespace, without who and why. Names are left out."""

    async def trail(self, namespace_id: int, lambda_name: str, before_version: int, limit: int) -> list[QuotaLine]:
        """Orders, the latest first, below a version (0: from the end)."""

    async def draw(self, draws: Sequence[Draw]) -> list[Grant]:
        """Take tokens out of buckets, no bucket twice; in order. A bucket fills by the store's clock."""


class StartQuotas(Protocol):
    """What delivery may hand out, as far as this process knows. Nothing here waits for the store."""

    def weight(self, lambda_id: LambdaId) -> float:
        """1 unless somebody said otherwise."""

    def startable(self, lane: LaneId, wanted: int) -> int:
        """Of the tasks that are wanted, how many may be handed out now; they count as started.

        When it is fewer than could be, more are asked for, and `when_more` is told once they are there.
        """

    def give_back(self, lane: LaneId, count: int) -> None:
        """So many were not started after all."""

    def when_more(self, callback: Callable[[LambdaId], None]) -> None:
        """Who is told that lanes of a lambda may start more."""


class ScheduleQuotas(Protocol):
    """What the frontend may accept."""

    def limit(self, lambda_id: LambdaId) -> Limit | None:
        """How many of its tasks may be scheduled; None: as many as come."""

    async def accept(self, counts: dict[LambdaId, int]) -> tuple[Limit, float] | None:
        """All of these tasks count as scheduled, or none: then the quota that forbids it, and for how many seconds.

        Raises `Unavailable`.
        """


class _UnlimitedStarts:
    def weight(self, lambda_id: LambdaId) -> float:
        return 1.0

    def startable(self, lane: LaneId, wanted: int) -> int:
        return wanted

    def give_back(self, lane: LaneId, count: int) -> None:
        """Nothing was counted."""

    def when_more(self, callback: Callable[[LambdaId], None]) -> None:
        """There is always more."""


class _UnlimitedSchedules:
    def limit(self, lambda_id: LambdaId) -> Limit | None:
        return None

    async def accept(self, counts: dict[LambdaId, int]) -> tuple[Limit, float] | None:
        return None


UNLIMITED_STARTS: Final[StartQuotas] = _UnlimitedStarts()
UNLIMITED_SCHEDULES: Final[ScheduleQuotas] = _UnlimitedSchedules()
