"""One subscription is down for a while: what that does to another one, and how fast it catches up."""

import asyncio
import time

from benchmarks import orders
from benchmarks.bench import WARM_UP_S, Bench, Measurement
from benchmarks.lambdas.layout import cells_for
from benchmarks.platform import START_TIMEOUT_S, Platform
from benchmarks.row import Row, RowFailed, figure, percentile
from benchmarks.rows.event_stamps import all_given, waits_ms, warm_up, warm_up_events

NAMES = ("slow_subscriber.shift_p95_ms", "slow_subscriber.catch_up_ratio")
PER_S = 1_000.0
SUBJECTS = 1_000
DOWN_S = 60.0
DOWN_S_QUICK = 10.0
CATCH_UP_TIMEOUT_S = 120.0
SECOND = "second worker"


async def measure(bench: Bench) -> list[Row]:
    """Both are up, then one is down, then it has what it missed to take in; events come all the time."""
    down_s = DOWN_S_QUICK if bench.is_quick else DOWN_S
    most = int(PER_S * (bench.phase_s + down_s + 2 * CATCH_UP_TIMEOUT_S))
    async with bench.platform(cells_for(warm_up_events(SUBJECTS) + most)) as platform:
        first = await warm_up(platform, SUBJECTS)
        await platform.start_worker("second_subscriber", SECOND)
        async with platform.store() as store:
            await platform.registered(store, 2)
        load = orders.EventTicks(most, PER_S, SUBJECTS, first)
        client = await platform.client("event_ticks", load, orders.Called)
        client.go()
        await _given_to_second(platform, int(PER_S), START_TIMEOUT_S)
        await asyncio.sleep(WARM_UP_S)
        up_at_ns = time.monotonic_ns()
        await asyncio.sleep(bench.phase_s)
        down_at_ns = time.monotonic_ns()
        await platform.stop_worker(SECOND)
        before = platform.cells.values[0]
        await asyncio.sleep(down_s)
        await platform.start_worker("second_subscriber", SECOND)
        await _given_to_second(platform, before + 1, START_TIMEOUT_S)
        back_at_ns, missed = time.monotonic_ns(), platform.cells.values[0]
        waiting = PER_S * (back_at_ns - down_at_ns) / 1e9
        await _given_to_second(platform, missed + int(waiting), CATCH_UP_TIMEOUT_S)
        level_at_ns = time.monotonic_ns()
        client.stop()
        report = await client.report()
        published = len(report.called_at_ns)
        await all_given(platform, first + published)
        await _given_to_second(platform, published, CATCH_UP_TIMEOUT_S)
        waits = waits_ms(platform, first, report.called_at_ns)
    pairs = list(zip(report.called_at_ns, waits, strict=True))
    up = [wait for called, wait in pairs if up_at_ns <= called < down_at_ns]
    down = [wait for called, wait in pairs if down_at_ns <= called < back_at_ns]
    behind = [wait for called, wait in pairs if back_at_ns <= called <= level_at_ns] or down[-1:]
    catch_up_s = (level_at_ns - back_at_ns) / 1e9
    config = {
        "events_per_s": PER_S,
        "subjects": SUBJECTS,
        "down_s": round((back_at_ns - down_at_ns) / 1e9, 1),
        "catch_up_s": round(catch_up_s, 2),
        "up_p95_ms": round(percentile(up, 0.95), 2),
        "down_p95_ms": round(percentile(down, 0.95), 2),
        "catching_up_p95_ms": round(percentile(behind, 0.95), 2),
        "counted": "shift: the other one's p95 while this one is down, or catches up, less that while both are up; the"
        " worse counts. ratio: events that it is given a second while it catches up, over those that come",
    }
    shifts = [percentile(part, 0.95) - percentile(up, 0.95) for part in (down, behind)]
    ratio = waiting / catch_up_s / PER_S
    return [
        figure(NAMES[0], max(shifts), "ms", shifts, config),
        figure(NAMES[1], ratio, "", [ratio], config),
    ]


async def _given_to_second(platform: Platform, events: int, timeout_s: float) -> None:
    if not await platform.comes_true(lambda: platform.cells.values[0] >= events, timeout_s):
        raise RowFailed(
            f"the second was given {platform.cells.values[0]} of {events} events within {timeout_s:g} s\n"
            + platform.complaints()
        )


SLOW_SUBSCRIBER = Measurement(NAMES, measure)
