"""How a task is scheduled, apart from what it is given. Options never mix with arguments."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal

from msgspec import Struct

from penstock.model.attributes import Attributes, check_attributes
from penstock.model.errors import InvalidInput
from penstock.model.lane import Priority
from penstock.model.lifecycle import ParentFailure
from penstock.model.limits import HORIZON_S_MAX, KEY_LIFE_S_MAX
from penstock.model.names import check_collection, check_key
from penstock.sdk.durations import Duration, microseconds_since_1970, seconds_of

PriorityName = Literal["high", "normal", "low"]
_PRIORITIES: Final = {priority.name.lower(): priority for priority in Priority}


class Options(Struct, frozen=True):
    """Checked options. Tasks of one lambda whose `shape` is equal travel in one group."""

    priority: Priority = Priority.NORMAL
    collection: str = ""
    key: str = ""
    key_life_s: int = 0
    """0: the platform's default"""
    due_at_us: int | None = None
    delay_us: int | None = None
    attributes: Attributes = ()
    parents: tuple[Any, ...] = ()
    """what `parents.references_of` makes"""
    on_parent_failure: ParentFailure = ParentFailure.CANCEL

    @property
    def shape(self) -> tuple[object, ...]:
        """All but what may differ from task to task within a group."""
        timing = self.due_at_us is not None, self.delay_us is not None
        return (self.priority, self.collection, self.key_life_s, timing, self.attributes)


NO_OPTIONS: Final = Options()


def make_options(
    *,
    delay: Duration | None = None,
    at: datetime | None = None,
    priority: PriorityName | Priority = Priority.NORMAL,
    collection: str = "",
    key: str | None = None,
    key_life: Duration | None = None,
    attributes: Mapping[str, str] | None = None,
    parents: tuple[Any, ...] = (),
    on_parent_failure: ParentFailure = ParentFailure.CANCEL,
) -> Options:
    """Options out of what a user wrote; raises `InvalidInput` naming the one that is wrong."""
    if delay is not None and at is not None:
        raise InvalidInput("delay", "is given together with at; use one of them")
    if key is None and key_life is not None:
        raise InvalidInput("key_life", "is given without a key")
    if key == "":
        raise InvalidInput("key", "is empty; leave it out for no key")
    return Options(
        priority=priority_of(priority),
        collection=check_collection(collection),
        key="" if key is None else check_key(key),
        key_life_s=_whole_seconds(key_life),
        due_at_us=None if at is None else microseconds_since_1970("at", at),
        delay_us=None if delay is None else round(seconds_of("delay", delay, HORIZON_S_MAX) * 1_000_000),
        attributes=check_attributes(attributes) if attributes is not None else (),
        parents=parents,
        on_parent_failure=on_parent_failure,
    )


def priority_of(priority: str | Priority) -> Priority:
    """The priority of that name; raises `InvalidInput`."""
    if isinstance(priority, Priority):
        return priority
    try:
        return _PRIORITIES[priority]
    except (KeyError, TypeError):
        raise InvalidInput("priority", f"{priority!r} is none of {', '.join(_PRIORITIES)}") from None


def _whole_seconds(key_life: Duration | None) -> int:
    if key_life is None:
        return 0
    life_s = seconds_of("key_life", key_life, KEY_LIFE_S_MAX)
    if life_s < 1:
        raise InvalidInput("key_life", f"{life_s:g} seconds are less than 1")
    return round(life_s)
