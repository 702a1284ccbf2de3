"""Order none: an event that fails is tried again apart, and keeps no other waiting."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from msgspec import structs

from penstock.model.delivery import aside_id
from penstock.model.errors import InvalidInput
from penstock.model.lifecycle import Event, Status
from penstock.model.subscription import Order
from penstock.scheduler.idle_rows import IdleRows
from tests.layers.event_bench import ALL, EventBench, on_event_bench, sequences

if TYPE_CHECKING:
    from penstock.model.identity import TaskId
    from penstock.model.lane import LambdaId
    from penstock.model.task import Claimed

UNORDERED = structs.replace(ALL, order=Order.NONE)


async def handed_apart(bench: EventBench, search: LambdaId, sequence: int) -> Claimed:
    """The event that was set aside, once its backoff is over."""
    await asyncio.sleep(3_600)
    await bench.store.due_work.enqueue_due({search * 4 + 2: 100}, ((0, 1023),), 5.0)  # type: ignore[dict-item]
    (claimed,) = await bench.task_state.claim([aside_id(bench.id(search), sequence)])
    return claimed


def status_apart(bench: EventBench, search: LambdaId, sequence: int) -> Status:
    task_id: TaskId = aside_id(bench.id(search), sequence)
    return (bench.cluster.live.get(task_id) or bench.cluster.idle[task_id]).status


@on_event_bench
async def test_the_others_go_on_and_the_one_that_failed_comes_again_alone(bench: EventBench) -> None:
    search = (await bench.subscribe(search=UNORDERED))["search"]
    published = await bench.published(count=4)
    await bench.report(await bench.handed(search), Event.RAISED, failed_at=published[1])
    rest = await bench.handed(search)
    assert sequences(rest) == published[2:]
    await bench.report(rest)
    assert bench.status(search) is Status.IDLE
    again = await handed_apart(bench, search, published[1])
    assert sequences(again) == [published[1]]
    assert again.attempts == 1
    assert not await bench.report(again)
    assert status_apart(bench, search, published[1]) is Status.IDLE


@on_event_bench
async def test_it_runs_beside_its_subject(bench: EventBench) -> None:
    search = (await bench.subscribe(search=UNORDERED))["search"]
    (first,) = await bench.published()
    await bench.report(await bench.handed(search), Event.RAISED)
    (second,) = await bench.published()
    live = await bench.handed(search)
    apart = await handed_apart(bench, search, first)
    assert (sequences(live), sequences(apart)) == ([second], [first])
    assert not await bench.report(apart)
    assert not await bench.report(live)


@on_event_bench
async def test_it_dies_when_its_attempts_are_used_up_and_blocks_nothing(bench: EventBench) -> None:
    search = (await bench.subscribe(search=UNORDERED))["search"]
    (dead,) = await bench.published()
    await bench.report(await bench.handed(search), Event.RAISED)
    for _ in range(bench.policy.attempts_max - 1):
        await bench.report(await handed_apart(bench, search, dead), Event.RAISED)
    (kept,) = await bench.store.cursors.letters(search, b"", 10)
    assert (kept.letter.event.sequence, kept.letter.blocks, kept.letter.reason) == (dead, False, "budget")
    assert kept.letter.attempts == bench.policy.attempts_max
    assert status_apart(bench, search, dead) is Status.IDLE
    (later,) = await bench.published()
    assert sequences(await bench.handed(search)) == [later]


@on_event_bench
async def test_done_ones_are_forgotten_and_letters_are_kept(bench: EventBench) -> None:
    search = (await bench.subscribe(search=UNORDERED))["search"]
    done, failing, dead = await bench.published(count=3)
    for each in (done, failing):
        await bench.report(await bench.handed(search), Event.RAISED, failed_at=each)
    await bench.report(await bench.handed(search), Event.RAISED)
    await bench.report(await handed_apart(bench, search, done))
    await bench.report(await handed_apart(bench, search, dead), Event.FAILED_FATALLY)
    assert await IdleRows(bench.store.cursors, bench, lambda: ((0, 1023),)).look() == 1
    main = bench.id(search)
    assert set(bench.cluster.deliveries) == {main, aside_id(main, failing), aside_id(main, dead)}
    assert len(await bench.store.cursors.letters(search, b"", 10)) == 1


@on_event_bench
async def test_nobody_goes_after_a_lambda_without_order(bench: EventBench) -> None:
    await bench.subscribe(search=UNORDERED)
    with pytest.raises(InvalidInput, match=r"goes after app\.search, whose order is none"):
        await bench.subscribe(then=structs.replace(ALL, after=("app.search",)))
    await bench.subscribe(first=ALL, search=structs.replace(UNORDERED, after=("app.first",)))
    with pytest.raises(InvalidInput, match=r"goes after app\.first, whose order is none"):
        await bench.subscribe(first=UNORDERED)


@on_event_bench
async def test_one_without_order_goes_after_others_as_any_other_does(bench: EventBench) -> None:
    numbers = await bench.subscribe(first=ALL, search=structs.replace(UNORDERED, after=("app.first",)))
    published = await bench.published(count=2)
    assert await bench.claim(numbers["search"]) is None
    await bench.report(await bench.handed(numbers["first"]))
    await bench.report(await bench.handed(numbers["search"]), Event.RAISED, failed_at=published[0])
    assert sequences(await bench.handed(numbers["search"])) == [published[1]]
    assert sequences(await handed_apart(bench, numbers["search"], published[0])) == [published[0]]
