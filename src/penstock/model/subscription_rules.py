"""What a subscription may look like: checked where it is written, and again at the door."""

from collections.abc import Collection, Mapping
from typing import Final

from penstock.model.errors import InvalidInput, LimitExceeded
from penstock.model.event_rules import TIME_US_MAX, check_extensions, check_stream, check_type
from penstock.model.filters.dialects import read_text
from penstock.model.lane import LambdaId
from penstock.model.limits import (
    SUBSCRIPTION_AFTER_MAX,
    SUBSCRIPTION_BATCH_MAX,
    SUBSCRIPTION_TYPES_MAX,
)
from penstock.model.names import check_lambda_name
from penstock.model.subscription import START_NOW, EventFilter, Order, Subscription, SubscriptionSpec, WhenDead

_EVERYTHING: Final = "*"


def check_subscription(spec: SubscriptionSpec, lambda_name: str) -> SubscriptionSpec:
    """The spec, if `lambda_name` may declare it; raises `InvalidInput` naming the part that is wrong."""
    check_stream(spec.stream)
    check_batch(spec.batch_max)
    check_filter(spec.wanted)
    if not START_NOW <= spec.start_at_us <= TIME_US_MAX:
        raise InvalidInput("start", f"{spec.start_at_us} us since 1970 are outside of the years 1970 to 9999")
    check_after(spec.after, lambda_name)
    return spec


def check_batch(batch_max: int, field: str = "batch") -> int:
    """How many events a delivery hands over at most; raises `InvalidInput`."""
    if type(batch_max) is not int:
        raise InvalidInput(field, f"{batch_max!r:.60} is not a whole number")
    if not 1 <= batch_max <= SUBSCRIPTION_BATCH_MAX:
        raise LimitExceeded(field, f"{batch_max} is outside of 1 to {SUBSCRIPTION_BATCH_MAX}, the events of a delivery")
    return batch_max


def check_filter(wanted: EventFilter) -> EventFilter:
    """Which events are wanted; raises `InvalidInput`."""
    if len(wanted.types) > SUBSCRIPTION_TYPES_MAX:
        raise LimitExceeded(
            "types", f"are {len(wanted.types)}; the limit is {SUBSCRIPTION_TYPES_MAX}: use one that ends in *"
        )
    for each in wanted.types:
        check_type(each, "types")
        if _EVERYTHING in each[:-1]:
            raise InvalidInput("types", f"{each[:80]!r} has a * that is not at its end; file.* is all that begin so")
    attributes = dict(wanted.attributes)
    if len(attributes) < len(wanted.attributes):
        raise InvalidInput("attributes", "name one extension twice; no event has two values of it")
    check_extensions(attributes, "attributes")
    if wanted.tree:
        read_text(wanted.tree)
    return wanted


def check_after(after: Collection[str], lambda_name: str) -> None:
    """Whom it goes after; raises `InvalidInput`."""
    if len(after) > SUBSCRIPTION_AFTER_MAX:
        raise LimitExceeded("after", f"names {len(after)} lambdas; the limit is {SUBSCRIPTION_AFTER_MAX}")
    for each in after:
        check_lambda_name(each, "after")
        if each == lambda_name:
            raise InvalidInput("after", f"names {each} itself, which would wait for itself for ever; leave it out")
    if len(set(after)) < len(after):
        raise InvalidInput("after", "names one lambda twice; once is enough")


def skips_with(lambda_id: LambdaId, known: Mapping[LambdaId, Subscription]) -> tuple[LambdaId, ...]:
    """All that go before a subscription, and before those: what they give up is not for it, unless they pass it on."""
    found: dict[LambdaId, None] = {}
    to_do = list(known[lambda_id].after)
    while to_do:
        other = to_do.pop()
        if other in known and other not in found:
            found[other] = None
            to_do.extend(known[other].after)
    return tuple(each for each in found if known[each].spec.when_dead is not WhenDead.PASS)


def check_together(specs: Mapping[str, SubscriptionSpec]) -> None:
    """Whether subscriptions may stand beside one another; raises `InvalidInput` naming the lambdas that may not."""
    check_no_ring(specs)
    for name, spec in specs.items():
        for other in spec.after:
            first = specs.get(other)
            if first is not None and first.stream == spec.stream and first.order is Order.NONE:
                raise InvalidInput(
                    "after",
                    f"{name} goes after {other}, whose order is none: it is never done up to a place; "
                    f"give {other} the order subject, or let nobody go after it",
                )


def check_no_ring(specs: Mapping[str, SubscriptionSpec]) -> None:
    """That no lambdas would wait for one another, given all subscriptions of a namespace by the lambdas' names.

    Those of other streams hold nobody back, so they close no ring. Raises `InvalidInput` naming the ring.
    """
    finished: set[str] = set()
    for name in specs:
        if (ring := _ring_from(name, specs, finished)) is not None:
            raise InvalidInput(
                "after",
                f"{' after '.join(ring)} on stream {specs[name].stream}: each would wait for the next one for ever; "
                "leave one of them out",
            )


def _ring_from(name: str, specs: Mapping[str, SubscriptionSpec], finished: set[str]) -> list[str] | None:
    """Walks to all that go before `name`, without recursion; what is `finished` is on no ring."""
    path: list[str] = []
    to_do = [(name, False)]
    while to_do:
        each, leaving = to_do.pop()
        if leaving:
            path.pop()
            finished.add(each)
        elif each in path:
            return [*path[path.index(each) :], each]
        elif each not in finished:
            path.append(each)
            to_do.append((each, True))
            stream = specs[each].stream
            to_do.extend(
                (other, False)
                for other in sorted(specs[each].after, reverse=True)
                if other in specs and specs[other].stream == stream
            )
    return None
