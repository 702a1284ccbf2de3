"""Subscriptions beside one another: where one begins, and who goes after whom."""

from collections.abc import Collection, Iterable
from typing import Final

from msgspec import structs

from penstock.model.lane import LambdaId
from penstock.model.subscription import START_NOW, Subscription, SubscriptionSpec

_NOBODY: Final[tuple[LambdaId, ...]] = ()


def begun(spec: SubscriptionSpec, stood: SubscriptionSpec | None, now_us: int) -> SubscriptionSpec:
    """The spec with a start that stays: "now" is the moment of the first declaration for its stream.

    `stood`: as the lambda declared before, retired or not.
    """
    if spec.start_at_us != START_NOW:
        return spec
    same = stood is not None and stood.stream == spec.stream
    return structs.replace(spec, start_at_us=stood.start_at_us if stood is not None and same else now_us)


def related(subscriptions: Collection[Subscription]) -> list[Subscription]:
    """The same with `after` and `before` filled in, by all that subscribe to the same stream."""
    numbers = {(each.stream_id, each.lambda_name): each.lambda_id for each in subscriptions}
    after = {
        each.lambda_id: tuple(
            numbers[each.stream_id, name] for name in each.spec.after if (each.stream_id, name) in numbers
        )
        for each in subscriptions
    }
    before: dict[LambdaId, list[LambdaId]] = {}
    for each in subscriptions:
        for other in after[each.lambda_id]:
            before.setdefault(other, []).append(each.lambda_id)
    return [
        structs.replace(each, after=after[each.lambda_id], before=tuple(before.get(each.lambda_id, _NOBODY)))
        for each in subscriptions
    ]


def followed(subscriptions: Iterable[Subscription]) -> list[LambdaId]:
    """Those that others go after."""
    return [each.lambda_id for each in subscriptions if each.before]
