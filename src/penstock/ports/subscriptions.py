"""Who subscribes to what."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from penstock.model.lane import LambdaId
from penstock.model.subscription import Subscription, SubscriptionSpec


class Subscriptions(Protocol):
    """Small and cached by its callers."""

    async def declare(
        self, namespace_id: int, specs: Mapping[LambdaId, SubscriptionSpec], others: Sequence[LambdaId]
    ) -> list[Subscription]:
        """Keep what workers say of the lambdas they serve, all of it or nothing, and answer those in `specs`.

        A stream that nobody knew is made. The first declaration fixes the start, and a later one that says "now" keeps
        it. A lambda in `others` is registered without a subscription: the one that it had is retired, its cursors stay.
        Raises `InvalidInput` naming the ring for lambdas that would wait for one another.
        """

    async def all(self) -> list[Subscription]:
        """Every subscription of every namespace that is not retired."""
