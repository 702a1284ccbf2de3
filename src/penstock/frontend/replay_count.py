"""How many events a replay would hand over: they are read, since sequences have gaps and filters look at events."""

from collections.abc import Sequence

from msgspec import Struct, structs

from penstock.model.event_filter import matcher
from penstock.model.limits import BATCH_BYTES_MAX, BATCH_ROWS_MAX
from penstock.model.subscription import Order, SubscriptionSpec
from penstock.ports.event_source import EventSource, SubjectRange


class Counted(Struct, frozen=True):
    """Of several ranges together."""

    found: int
    """events that are there"""
    wanted: int
    """those of them that the subscription is given"""
    first_us: int
    """when the first of them was stored; 0: there are none"""


async def count_events(source: EventSource, ranges: Sequence[SubjectRange], spec: SubscriptionSpec) -> Counted:
    """Reads all of them, a piece at a time; raises what the source raises."""
    wants = matcher(spec.wanted, spec.stream)
    found, first_us, wanted = 0, 0, [0] * len(ranges)
    left = {at: structs.replace(each, events_max=BATCH_ROWS_MAX) for at, each in enumerate(ranges)}
    while left:
        answers = await source.read(list(left.values()), BATCH_BYTES_MAX)
        moved = False
        for (at, each), answer in zip(list(left.items()), answers, strict=True):
            kept = [event for event in answer.events if wants is None or wants(event)]
            found, wanted[at] = found + len(answer.events), wanted[at] + len(kept)
            first_us = min([event.appended_at_us for event in kept] + ([first_us] if first_us else []), default=0)
            moved = moved or answer.scanned > each.after
            if answer.scanned >= each.upto:
                del left[at]
            else:
                left[at] = structs.replace(each, after=answer.scanned)
        if not moved:  # the source has less by now than was there
            break
    if spec.order is Order.LATEST:
        wanted = [min(count, 1) for count in wanted]
    return Counted(found, sum(wanted), first_us)
