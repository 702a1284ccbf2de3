"""How fast a full pass of refresh goes over a million subjects, and what it does to live traffic."""

import asyncio
import itertools
import time

from msgspec import Struct

from benchmarks import orders
from benchmarks.bench import WARM_UP_S, Bench, Measurement
from benchmarks.caught_up import untold_of, write_caught_up
from benchmarks.lambdas.layout import cells_for, started_at_ns
from benchmarks.platform import START_TIMEOUT_S, Platform
from benchmarks.row import Row, RowFailed, figure, percentile, slices
from benchmarks.rows.event_stamps import all_given, waits_ms, warm_up, warm_up_events
from benchmarks.store_reading import FullPass, StoreReading

NAMES = ("refresh.subjects_per_s", "refresh.shift_p95_ms")
SUBJECTS = 1_000_000
SUBJECTS_QUICK = 100_000
LIVE_SUBJECTS = 1_000
PER_S = 1_000.0
PASS_TIMEOUT_S = 600.0
LOOK_EVERY_S = 0.25
PARTS = 4
NO_LIMIT = {"PENSTOCK_REFRESH_FULL_PER_S": "1000000"}
DEFAULT: dict[str, str] = {}


class Shifted(Struct, frozen=True):
    """Waits of live events in milliseconds, alone and beside passes, and how many subjects a second those compared."""

    alone: list[float]
    beside: list[float]
    compared_per_s: float

    @property
    def p95_ms(self) -> float:
        return percentile(self.beside, 0.95) - percentile(self.alone, 0.95)


async def measure(bench: Bench) -> list[Row]:
    """A pass without a limit to its rate, alone and beside live traffic; and one as slow as it is by default."""
    subjects = SUBJECTS_QUICK if bench.is_quick else SUBJECTS
    live = warm_up_events(LIVE_SUBJECTS) + int(PER_S * (2 * bench.phase_s + 2 * START_TIMEOUT_S))
    cells = cells_for(live + untold_of(subjects))
    async with bench.platform(cells, NO_LIMIT) as platform, platform.store() as store:
        first = await _prepare(platform, store, subjects, live)
        before = platform.usage()
        done, windows = await _whole_pass(store, subjects, bench.window_s)
        cpu_s = platform.usage().cpu_since(before)
        await _untold_given(platform, live, untold_of(subjects))
        unlimited = await _shifted(platform, store, bench, first)
    async with bench.platform(cells, DEFAULT) as platform, platform.store() as store:
        first = await _prepare(platform, store, subjects, live)
        shifted = await _shifted(platform, store, bench, first)
    speed = {
        "subjects": done.subjects,
        "took_s": round(done.took_s, 2),
        "behind": done.behind,
        "settings": NO_LIMIT,
        "cpu_s_per_1000": {role: round(1000 * spent / done.subjects, 4) for role, spent in cpu_s.items()},
        "counted": "subjects of the pass over its time by the store's clock, nothing else to do; runs are windows",
    }
    shift = {
        "subjects": subjects,
        "live_events_per_s": PER_S,
        "live_subjects": LIVE_SUBJECTS,
        "phase_s": bench.phase_s,
        "alone_p95_ms": round(percentile(shifted.alone, 0.95), 2),
        "beside_p95_ms": round(percentile(shifted.beside, 0.95), 2),
        "compared_per_s": round(shifted.compared_per_s),
        "without_limit": {
            "shift_p95_ms": round(unlimited.p95_ms, 2),
            "alone_p95_ms": round(percentile(unlimited.alone, 0.95), 2),
            "compared_per_s": round(unlimited.compared_per_s),
        },
        "counted": "live events, from before their call to the first line of the subscription, beside a pass with the"
        " settings as they are by default, less the same without a pass; runs are quarters",
    }
    alone_ms = percentile(shifted.alone, 0.95)
    quarters = [percentile(part, 0.95) - alone_ms for part in slices(shifted.beside, PARTS)]
    return [
        figure(NAMES[0], done.subjects / done.took_s, "subjects/s", windows, speed),
        figure(NAMES[1], shifted.p95_ms, "ms", quarters, shift),
    ]


async def _prepare(platform: Platform, store: StoreReading, subjects: int, untold_from: int) -> int:
    """The subscription is there, the pass that began with it is over, and the subjects are written; answers how many
    numbers of events are used up.
    """
    first = await warm_up(platform, LIVE_SUBJECTS)
    async with asyncio.timeout(PASS_TIMEOUT_S):
        while not (await store.full_pass()).is_over:
            await asyncio.sleep(LOOK_EVERY_S)
    await write_caught_up(platform.dsn, subjects, untold_from)
    return first


async def _whole_pass(store: StoreReading, subjects: int, window_s: float) -> tuple[FullPass, list[float]]:
    """What it has come to, and subjects a second window by window."""
    passes = (await store.full_pass()).passes
    await store.have_full_pass()
    looks: list[tuple[float, int]] = []
    async with asyncio.timeout(PASS_TIMEOUT_S):
        while (seen := await store.full_pass()).passes == passes:
            if not seen.is_over and (not looks or time.monotonic() - looks[-1][0] >= window_s):
                looks.append((time.monotonic(), seen.compared))
            await asyncio.sleep(LOOK_EVERY_S)
    if seen.subjects < subjects or seen.behind < untold_of(subjects):
        raise RowFailed(f"of {subjects} subjects with {untold_of(subjects)} behind the pass saw {seen}")
    rates = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in itertools.pairwise(looks)]
    return seen, rates or [seen.subjects / seen.took_s]


async def _untold_given(platform: Platform, first: int, events: int) -> None:
    """What the pass has found was delivered."""

    def has_come() -> bool:
        return all(started_at_ns(platform.cells.values, first + events)[first:])

    if not await platform.comes_true(has_come, START_TIMEOUT_S):
        missing = started_at_ns(platform.cells.values, first + events)[first:].count(0)
        raise RowFailed(f"{missing} of {events} events without a ping were not given\n{platform.complaints()}")


async def _shifted(platform: Platform, store: StoreReading, bench: Bench, first: int) -> Shifted:
    """Live events without a pass, then beside passes, one after the other."""
    most = int(PER_S * 2 * (bench.phase_s + START_TIMEOUT_S))
    client = await platform.client("event_ticks", orders.EventTicks(most, PER_S, LIVE_SUBJECTS, first), orders.Called)
    client.go()
    await asyncio.sleep(WARM_UP_S)
    alone_ns = time.monotonic_ns()
    await asyncio.sleep(bench.phase_s)
    alone_until_ns = time.monotonic_ns()
    await store.have_full_pass()
    async with asyncio.timeout(START_TIMEOUT_S):
        while (seen := await store.full_pass()).is_over:
            await asyncio.sleep(LOOK_EVERY_S)
    compared = 0
    beside_ns = time.monotonic_ns()
    while time.monotonic_ns() < beside_ns + bench.phase_s * 1e9:
        await asyncio.sleep(LOOK_EVERY_S)
        now = await store.full_pass()
        compared += now.compared_since(seen)
        seen = now
        if seen.is_over:
            await store.have_full_pass()
    beside_until_ns = time.monotonic_ns()
    client.stop()
    report = await client.report()
    await all_given(platform, first + len(report.called_at_ns))
    pairs = list(zip(report.called_at_ns, waits_ms(platform, first, report.called_at_ns), strict=True))
    return Shifted(
        [wait for called, wait in pairs if alone_ns <= called < alone_until_ns],
        [wait for called, wait in pairs if beside_ns <= called < beside_until_ns],
        compared / ((beside_until_ns - beside_ns) / 1e9),
    )


REFRESH = Measurement(NAMES, measure)
