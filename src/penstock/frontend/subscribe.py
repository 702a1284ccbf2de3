"""Subscribe: what workers say of the streams that their lambdas take, checked and kept."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from penstock.frontend.lambda_book import LambdaBook
from penstock.model.errors import InvalidInput
from penstock.model.subscription import Subscription, SubscriptionSpec
from penstock.model.subscription_rules import check_subscription, check_together
from penstock.ports.clock import StoreClock
from penstock.ports.registry import LambdaRecord, Registration
from penstock.ports.subscriptions import Subscriptions

AHEAD_US: Final = 60_000_000
"""how far the clock of whoever wrote a start may be ahead of the store's"""


class SubscribeDesk:
    """`check` first: what it refuses is refused before anything else of the call is kept."""

    def __init__(self, subscriptions: Subscriptions, book: LambdaBook, clock: StoreClock) -> None:
        self._subscriptions = subscriptions
        self._book = book
        self._clock = clock

    async def check(self, namespace_id: int, registrations: Sequence[Registration]) -> None:
        """Raises `InvalidInput` for a subscription that is wrong, or closes a ring with those that stand."""
        specs = _specs(registrations)
        if not specs:
            return
        self._check_starts(specs)
        standing = [each for each in await self._subscriptions.all() if each.namespace_id == namespace_id]
        served = {each.name for each in registrations}
        check_together({each.lambda_name: each.spec for each in standing if each.lambda_name not in served} | specs)

    async def declare(self, namespace_id: int, registrations: Sequence[Registration]) -> list[str]:
        """Keep them, and retire those of lambdas that subscribe no more; answers what may not be meant.

        Raises `InvalidInput` for a ring; then nothing has changed.
        """
        specs = _specs(registrations)
        numbers = await self._book.resolve(namespace_id, specs) if specs else {}
        rest = await self._book.known(namespace_id, [each.name for each in registrations if each.name not in specs])
        kept = await self._subscriptions.declare(
            namespace_id,
            {numbers[name].id: spec for name, spec in specs.items()},
            [record.id for record in rest.values()],
        )
        return await self._warnings(namespace_id, kept)

    def _check_starts(self, specs: Mapping[str, SubscriptionSpec]) -> None:
        latest_us = self._clock.now_us() + AHEAD_US
        for name, spec in specs.items():
            if spec.start_at_us > latest_us:
                ahead_s = (spec.start_at_us - latest_us + AHEAD_US) // 1_000_000
                raise InvalidInput(
                    f"start of {name}", f"is {ahead_s} s in the future; use now, and begin when its worker starts"
                )

    async def _warnings(self, namespace_id: int, kept: Iterable[Subscription]) -> list[str]:
        named = {name for each in kept for name in each.spec.after}
        if not named:
            return []
        records = await self._book.known(namespace_id, named)
        return [
            _warning(each, name, records.get(name))
            for each in kept
            for name in each.spec.after
            if name not in records or records[name].id not in each.after
        ]


def check_subscriptions(registrations: Sequence[Registration]) -> None:
    """Each for itself; raises `InvalidInput` naming its lambda."""
    for name, spec in _specs(registrations).items():
        try:
            check_subscription(spec, name)
        except InvalidInput as error:
            raise type(error)(f"{error.field} of {name}", error.problem) from None


def _specs(registrations: Sequence[Registration]) -> dict[str, SubscriptionSpec]:
    return {each.name: each.subscription for each in registrations if each.subscription is not None}


def _warning(subscription: Subscription, name: str, record: LambdaRecord | None) -> str:
    stream = subscription.spec.stream
    known = record is not None and record.registered
    problem = f"does not subscribe to {stream}" if known else "no worker has registered"
    return f"{subscription.lambda_name} goes after {name}, which {problem}: it holds nobody back until that changes"
