"""Which tasks an order over many means, as a user writes it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from penstock.model.attributes import check_attributes
from penstock.model.errors import InvalidInput
from penstock.model.lifecycle import Status
from penstock.model.names import check_collection
from penstock.model.selection import TaskSelection
from penstock.sdk.durations import microseconds_since_1970
from penstock.sdk.gates import AnyOf, name_of
from penstock.wire.selection_codec import selection_to_wire
from penstock.wire.v1 import penstock_pb2 as pb


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """Tasks that are all of this; what is left out does not matter. A lambda, a collection or an attribute is needed.

    `of`: a lambda or its full name. `statuses`: none means all that have not ended, to cancel; `FATAL_FAILURE` and
    `DEAD`, to retry. The times are those for which tasks were scheduled.
    """

    of: AnyOf | None = None
    collection: str = ""
    statuses: Collection[Status] = ()
    scheduled_after: datetime | None = None
    """or just then"""
    scheduled_before: datetime | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)


def as_asked(chosen: Selection) -> pb.TaskSelection:
    """On the wire; raises `InvalidInput`. What only the platform knows, it checks."""
    if not isinstance(chosen, Selection):
        raise InvalidInput("selection", f"{chosen!r:.80} is none; make one, such as Selection(of=send_email)")
    if any(not isinstance(status, Status) for status in chosen.statuses):
        raise InvalidInput("statuses", f"{chosen.statuses!r:.80} are not all of penstock.Status")
    after, before = chosen.scheduled_after, chosen.scheduled_before
    return selection_to_wire(
        TaskSelection(
            name_of(chosen.of),
            check_collection(chosen.collection),
            tuple(sorted(set(chosen.statuses))),
            0 if after is None else microseconds_since_1970("scheduled_after", after),
            0 if before is None else microseconds_since_1970("scheduled_before", before),
            check_attributes(chosen.attributes),
        )
    )
