"""Cursors are forgotten when their subjects are gone, and never while an event could be delivered again."""

from __future__ import annotations

import asyncio

from penstock.scheduler.idle_rows import IDLE_S, IdleRows
from tests.layers.event_bench import ALL, EventBench, on_event_bench, sequences


def idle_rows(bench: EventBench, *, holds_all: bool = True) -> IdleRows:
    return IdleRows(bench.store.cursors, bench, lambda: ((0, 1023),) if holds_all else ())


async def completed(bench: EventBench, subject: str = "a") -> None:
    search = (await bench.subscribe(search=ALL))["search"]
    await bench.published(subject)
    await bench.report(await bench.handed(search, subject))


@on_event_bench
async def test_a_cursor_stays_while_its_source_knows_the_subject(bench: EventBench) -> None:
    await completed(bench)
    await asyncio.sleep(2 * IDLE_S)
    assert await idle_rows(bench).look() == 0
    assert len(bench.cluster.deliveries) == 1


@on_event_bench
async def test_a_subject_that_is_gone_takes_its_cursor_with_it_and_comes_back_anew(bench: EventBench) -> None:
    await completed(bench)
    bench.cluster.heads.clear()
    bench.cluster.events.clear()
    assert await idle_rows(bench).look() == 0, "it has just been busy"
    await asyncio.sleep(IDLE_S)
    assert await idle_rows(bench, holds_all=False).look() == 0, "another server does it"
    assert await idle_rows(bench).look() == 1
    assert bench.cluster.deliveries == {}
    search = (await bench.subscribe(search=ALL))["search"]
    published = await bench.published(count=2)
    assert sequences(await bench.handed(search)) == published


@on_event_bench
async def test_all_pages_are_gone_over(bench: EventBench) -> None:
    await bench.subscribe(search=ALL)
    for number in range(1_100):
        await bench.ping(0, f"s{number}")
    await asyncio.sleep(IDLE_S)
    assert await idle_rows(bench).look() == 1_100
