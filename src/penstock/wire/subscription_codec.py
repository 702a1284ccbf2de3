"""Subscriptions between the model and protobuf."""

from typing import Final

from penstock.model.errors import InvalidInput
from penstock.model.subscription import START_NOW, EventFilter, Order, SubscriptionSpec, WhenDead
from penstock.wire.v1 import penstock_pb2 as pb

ORDER_TO_WIRE: Final[dict[Order, pb.SubscriptionOrder]] = {
    Order.SUBJECT: pb.SUBSCRIPTION_ORDER_SUBJECT,
    Order.LATEST: pb.SUBSCRIPTION_ORDER_LATEST,
    Order.NONE: pb.SUBSCRIPTION_ORDER_NONE,
}
_ORDER_FROM_WIRE: Final[dict[int, Order]] = {
    pb.SUBSCRIPTION_ORDER_UNSPECIFIED: Order.SUBJECT,
    **{number: order for order, number in ORDER_TO_WIRE.items()},
}
_WHEN_DEAD_TO_WIRE: Final[dict[WhenDead, pb.WhenDead]] = {
    WhenDead.BLOCK: pb.WHEN_DEAD_BLOCK,
    WhenDead.SKIP: pb.WHEN_DEAD_SKIP,
    WhenDead.PASS: pb.WHEN_DEAD_PASS,
}
_WHEN_DEAD_FROM_WIRE: Final[dict[int, WhenDead]] = {
    pb.WHEN_DEAD_UNSPECIFIED: WhenDead.BLOCK,
    **{number: end for end, number in _WHEN_DEAD_TO_WIRE.items()},
}
_PLAIN: Final = SubscriptionSpec("")


def subscription_to_wire(spec: SubscriptionSpec) -> pb.Subscription:
    """Fields by the same names."""
    return pb.Subscription(
        stream=spec.stream,
        order=ORDER_TO_WIRE[spec.order],
        batch_max=spec.batch_max,
        types=spec.wanted.types,
        attributes=dict(spec.wanted.attributes),
        start_at_us=None if spec.start_at_us == START_NOW else spec.start_at_us,
        after=spec.after,
        when_dead=_WHEN_DEAD_TO_WIRE[spec.when_dead],
        filter=spec.wanted.tree,
    )


def subscription_from_wire(message: pb.Subscription) -> SubscriptionSpec:
    """As it was sent, with defaults for what was not; raises `InvalidInput` for numbers that name nothing."""
    if message.order not in _ORDER_FROM_WIRE:
        raise InvalidInput("order", f"{message.order} is none; use subject, latest or none")
    if message.when_dead not in _WHEN_DEAD_FROM_WIRE:
        raise InvalidInput("when_dead", f"{message.when_dead} is none; use block, skip or pass")
    if message.HasField("start_at_us") and message.start_at_us < 0:
        raise InvalidInput("start", f"{message.start_at_us} us since 1970 are before it; leave it out to start now")
    return SubscriptionSpec(
        stream=message.stream,
        order=_ORDER_FROM_WIRE[message.order],
        batch_max=message.batch_max or _PLAIN.batch_max,
        wanted=EventFilter(tuple(message.types), tuple(sorted(message.attributes.items())), message.filter),
        start_at_us=message.start_at_us if message.HasField("start_at_us") else START_NOW,
        after=tuple(message.after),
        when_dead=_WHEN_DEAD_FROM_WIRE[message.when_dead],
    )


def declared_subscription(registration: pb.LambdaRegistration) -> SubscriptionSpec | None:
    """What a lambda subscribes to; None: it takes tasks. Raises `InvalidInput` naming the lambda."""
    if not registration.HasField("subscription"):
        return None
    try:
        return subscription_from_wire(registration.subscription)
    except InvalidInput as error:
        raise InvalidInput(f"{error.field} of {registration.name[:140]}", error.problem) from None
