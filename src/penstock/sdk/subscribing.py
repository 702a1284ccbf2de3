"""What `@app.on(...)` says of a subscription, as a spec."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, Literal

from msgspec import Struct

from penstock.filters import Filter
from penstock.model.errors import InvalidInput
from penstock.model.event_rules import check_stream
from penstock.model.filters.dialects import write_text
from penstock.model.subscription import (
    START_AT_THE_BEGINNING,
    START_NOW,
    EventFilter,
    Order,
    SubscriptionSpec,
    WhenDead,
)
from penstock.model.subscription_rules import check_batch, check_subscription
from penstock.sdk.durations import microseconds_since_1970
from penstock.sdk.event_lambdas import EventLambda

OrderName = Literal["subject", "latest", "none"]
WhenDeadName = Literal["block", "skip", "pass"]
StartName = Literal["now", "beginning"]
Before = str | EventLambda[Any, Any]
"""A lambda that goes first, or its full name."""

_ORDERS: Final = {each.name.lower(): each for each in Order}
_ENDS: Final = {each.name.lower(): each for each in WhenDead}
_STARTS: Final = {"now": START_NOW, "beginning": START_AT_THE_BEGINNING}


class Wish(Struct, frozen=True):
    """A subscription as its author wrote it."""

    stream: str
    order: str
    batch: int
    types: Iterable[str]
    attributes: Mapping[str, str] | None
    filter: Filter | None
    start: str | datetime
    after: Iterable[Before]
    when_dead: str


def check_named(stream: str) -> None:
    """Raises `InvalidInput` for what names no stream, and `TypeError` for the function that was to be decorated."""
    if callable(stream):
        name = getattr(stream, "__name__", "the function")
        raise TypeError(f'@app.on needs the name of a stream: write @app.on("files") above {name}')
    check_stream(stream)


def make_subscription(lambda_name: str, wish: Wish) -> SubscriptionSpec:
    """A checked spec; raises `InvalidInput` naming what is wrong."""
    return check_subscription(
        SubscriptionSpec(
            stream=wish.stream,
            order=_named("order", wish.order, _ORDERS),
            batch_max=check_batch(wish.batch),
            wanted=EventFilter(_types(wish.types), _attributes(wish.attributes), _tree(wish.filter)),
            start_at_us=_start(wish.start),
            after=_names(wish.after),
            when_dead=_named("when_dead", wish.when_dead, _ENDS),
        ),
        lambda_name,
    )


def _types(types: object) -> tuple[str, ...]:
    if isinstance(types, str) or not isinstance(types, Iterable):
        raise InvalidInput("types", f"{types!r:.60} is no list; write types=[...], even for one")
    return tuple(types)


def _attributes(attributes: object) -> tuple[tuple[str, str], ...]:
    if attributes is None:
        return ()
    if not isinstance(attributes, Mapping) or not all(isinstance(name, str) for name in attributes):
        raise InvalidInput("attributes", f"{attributes!r:.60} is no mapping of extensions to the values they must have")
    return tuple(sorted(attributes.items()))


def _tree(value: object) -> str:
    return "" if value is None else write_text(value)


def _start(start: object) -> int:
    if isinstance(start, datetime):
        return microseconds_since_1970("start", start)
    if isinstance(start, str) and start in _STARTS:
        return _STARTS[start]
    raise InvalidInput("start", f"{start!r:.60} is no start; use 'now', 'beginning', or a datetime with a timezone")


def _names(after: object) -> tuple[str, ...]:
    if isinstance(after, str | EventLambda) or not isinstance(after, Iterable):
        raise InvalidInput("after", f"{after!r:.60} is no list; write after=[...], even for one")
    return tuple(_name(each) for each in after)


def _name(before: object) -> str:
    if isinstance(before, EventLambda):
        return before.name
    if isinstance(before, str):
        return before
    raise InvalidInput(
        "after", f"{before!r:.60} is no lambda that takes events; name one that is made with @app.on, or give its name"
    )


def _named(field: str, name: object, known: Mapping[str, Any]) -> Any:
    if not isinstance(name, str) or name not in known:
        raise InvalidInput(field, f"{name!r:.60} is none of {', '.join(known)}")
    return known[name]
