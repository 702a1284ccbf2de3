"""What a workload is given and what it answers."""

from collections.abc import Awaitable, Callable

from msgspec import Struct

from benchmarks.peers.site import Site
from benchmarks.row import RowFailed

IN_FLIGHT = 10_000
DRAIN_TIMEOUT_S = 300.0


class Phases(Struct, frozen=True):
    """How long things take."""

    bulk_s: float
    single_s: float
    latency_s: float
    killed_s: float
    """how long one waits for tasks whose worker was killed"""
    settled_s: float = 2.0
    """how long nothing may run before nothing is taken to run twice any more"""
    delay_s: float = 5.0


FULL = Phases(bulk_s=20.0, single_s=10.0, latency_s=15.0, killed_s=120.0)
QUICK = Phases(bulk_s=4.0, single_s=3.0, latency_s=5.0, killed_s=45.0)


class Workload(Struct, frozen=True):
    """`figures` are the names of what `measure` answers."""

    name: str
    figures: tuple[str, ...]
    measure: Callable[[Site, Phases], Awaitable[dict[str, float]]]


async def all_run(site: Site, first: int, last: int) -> None:
    """Waits until each of these tasks has run; raises `RowFailed` when that takes too long.

    Twice is allowed: it is what all of them promise. So the number of executions alone says nothing.
    """

    def is_done() -> bool:
        return site.marks.executed >= last and 0 not in site.marks.ended(first, last)

    try:
        await site.until(is_done, DRAIN_TIMEOUT_S, "waiting for them")
    except RowFailed as reason:
        missing = site.marks.ended(first, last).count(0)
        raise RowFailed(f"{missing} of {last - first} tasks were acknowledged and have not run: {reason}") from None
