"""Waits of stamped events: from before their call to the first line of the subscription."""

from collections.abc import Sequence

from benchmarks import orders
from benchmarks.lambdas.layout import started_at_ns
from benchmarks.platform import Platform
from benchmarks.row import RowFailed

WARM_UP_EACH = 3
"""of each subject: nearly all of them are known then"""
WARM_UP_PER_S = 500.0
GIVEN_TIMEOUT_S = 60.0


def warm_up_events(subjects: int) -> int:
    """How many events come before those that count."""
    return WARM_UP_EACH * subjects


async def warm_up(platform: Platform, subjects: int) -> int:
    """Waits until the subscription is there and was given some; answers how many numbers are used up."""
    await platform.start_worker("stamped_events")
    async with platform.store() as store:
        await platform.registered(store, 1)
    events = warm_up_events(subjects)
    client = await platform.client("event_ticks", orders.EventTicks(events, WARM_UP_PER_S, subjects), orders.Called)
    client.go()
    await client.report()
    await all_given(platform, events)
    return events


async def all_given(platform: Platform, events: int, timeout_s: float = GIVEN_TIMEOUT_S) -> None:
    """Each of the first `events`; raises `RowFailed` otherwise."""
    if not await platform.comes_true(lambda: all(started_at_ns(platform.cells.values, events)), timeout_s):
        missing = started_at_ns(platform.cells.values, events).count(0)
        raise RowFailed(f"{missing} of {events} events were not given within {timeout_s:g} s\n{platform.complaints()}")


def waits_ms(platform: Platform, first: int, called_at_ns: Sequence[int]) -> list[float]:
    """Of the events from number `first` on, in the order of their calls."""
    starts = started_at_ns(platform.cells.values, first + len(called_at_ns))[first:]
    waits = [(start - call) / 1e6 for start, call in zip(starts, called_at_ns, strict=True)]
    if min(waits) <= 0:
        raise RowFailed(f"an event was given {min(waits):.3f} ms after its call: the clocks are not one")
    return waits
