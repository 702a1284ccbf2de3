"""AwaitTasks: woken by signals, safe without them, one read for all."""

import asyncio
from collections.abc import Sequence

import pytest

from penstock.frontend.calls import Awaited
from penstock.model.errors import InvalidInput, Unavailable
from penstock.model.identity import TaskId, make_ids
from penstock.model.lifecycle import Event, Status
from penstock.ports.results import Ended
from tests.layers.frontend_bench import FrontendBench, on_bench

NOBODY = make_ids(1, b"nobody", 1)[0]


def _now_s() -> float:
    return asyncio.get_running_loop().time()


def _wait(bench: FrontendBench, ids: list[TaskId], wait_s: float = 60.0) -> "asyncio.Future[Awaited]":
    return asyncio.ensure_future(bench.waiting.await_tasks("", ids, wait_s))


async def _end_one_by_one(bench: FrontendBench, ids: list[TaskId], every_s: float) -> None:
    for task_id in ids:
        await bench.ended(task_id)
        await asyncio.sleep(every_s)


@on_bench
async def test_an_ended_task_is_answered_at_once(bench: FrontendBench) -> None:
    ids = (await bench.schedule(b"{}", b"{}")).ids
    await bench.ended(ids[0])
    answer = await _wait(bench, ids, wait_s=0.0)
    assert list(answer.ended) == [ids[0]]
    assert answer.ended[ids[0]].outcome.result == b'"done"'
    assert answer.unknown == []


@on_bench
async def test_a_waiter_is_woken_when_its_task_ends(bench: FrontendBench) -> None:
    [task_id] = (await bench.schedule(b"{}")).ids
    waiting = _wait(bench, [task_id])
    await asyncio.sleep(30.0)
    began_s = _now_s()
    await bench.ended(task_id)
    assert list((await waiting).ended) == [task_id]
    assert _now_s() - began_s < 0.01


@on_bench
async def test_when_the_signal_is_lost_the_safety_look_finds_it(bench: FrontendBench) -> None:
    [task_id] = (await bench.schedule(b"{}")).ids
    waiting = _wait(bench, [task_id])
    await asyncio.sleep(10.0)
    bench.signal_bus.is_up = False
    began_s = _now_s()
    await bench.ended(task_id)
    assert list((await waiting).ended) == [task_id]
    assert _now_s() - began_s <= 2.1


@on_bench
async def test_what_ends_during_the_first_look_is_not_missed(bench: FrontendBench) -> None:
    [task_id] = (await bench.schedule(b"{}")).ids
    gate = bench.trips.stuck["results.unknown"] = asyncio.Event()
    waiting = _wait(bench, [task_id])
    await asyncio.sleep(0.01)  # looked: it has not ended
    await bench.ended(task_id)
    await asyncio.sleep(0.01)
    gate.set()
    began_s = _now_s()
    assert list((await waiting).ended) == [task_id]
    assert _now_s() - began_s < 0.01


@on_bench
async def test_after_its_time_a_waiter_is_answered_with_nothing(bench: FrontendBench) -> None:
    ids = (await bench.schedule(b"{}")).ids
    began_s = _now_s()
    assert await _wait(bench, ids, wait_s=5.0) == Awaited({}, [])
    assert 5.0 <= _now_s() - began_s < 5.1
    assert bench.waiting._watched == {}


@on_bench
async def test_a_retry_stands_for_the_task_that_it_retries(bench: FrontendBench) -> None:
    [first] = (await bench.schedule(b"{}")).ids
    await bench.ended(first, Event.FAILED_FATALLY, Status.FATAL_FAILURE)
    second = (await bench.retry.retry("", first)).id
    waiting = _wait(bench, [first])
    await asyncio.sleep(5.0)
    assert not waiting.done()
    await bench.cancel.cancel("", second)
    answer = await waiting
    assert answer.ended[first].outcome.id == second
    assert answer.ended[first].outcome.status is Status.CANCELLED
    third = (await bench.retry.retry("", second)).id
    await bench.cancel.cancel("", third)
    assert (await _wait(bench, [first], wait_s=0.0)).ended[first].outcome.id == third


@on_bench
async def test_unknown_ids_are_told_at_once(bench: FrontendBench) -> None:
    [task_id] = (await bench.schedule(b"{}")).ids
    began_s = _now_s()
    assert await _wait(bench, [task_id, NOBODY]) == Awaited({}, [NOBODY])
    assert _now_s() - began_s < 0.01


@on_bench
async def test_a_task_of_another_namespace_is_unknown_whoever_else_waits_for_it(bench: FrontendBench) -> None:
    [task_id] = (await bench.schedule(b"{}")).ids
    owner = _wait(bench, [task_id])
    await asyncio.sleep(0.01)
    assert (await bench.waiting.await_tasks("others", [task_id], 60.0)).unknown == [task_id]
    await bench.ended(task_id)
    assert list((await owner).ended) == [task_id]
    assert (await bench.waiting.await_tasks("others", [task_id], 60.0)).ended == {}


@on_bench
async def test_a_read_shared_by_two_namespaces_tells_each_its_own(bench: FrontendBench) -> None:
    [task_id] = (await bench.schedule(b"{}")).ids
    await bench.ended(task_id)
    others = asyncio.ensure_future(bench.waiting.await_tasks("others", [task_id], 1.0))
    owner = _wait(bench, [task_id], wait_s=1.0)
    assert list((await owner).ended) == [task_id]
    assert await others == Awaited({}, [task_id])


@on_bench
async def test_a_thousand_waiters_cost_one_read_every_two_seconds(bench: FrontendBench) -> None:
    ids = (await bench.schedule(*[b"{}"] * 1_000)).ids
    waiting = [_wait(bench, [task_id]) for task_id in ids]
    await asyncio.sleep(1.0)
    bench.trips.counts.clear()
    await asyncio.sleep(20.0)
    assert bench.trips.counts["results.ended"] <= 10
    for task_id in ids:
        await bench.ended(task_id)
    answers = await asyncio.gather(*waiting)
    assert [list(answer.ended) for answer in answers] == [[task_id] for task_id in ids]


@on_bench
async def test_who_waits_for_many_is_told_of_many_together(bench: FrontendBench) -> None:
    bench.window.size = 10_000
    ids = (await bench.schedule(*[b"{}"] * 5_000)).ids
    ending = asyncio.ensure_future(_end_one_by_one(bench, ids, every_s=0.001))
    left, calls = list(ids), 0
    while left:
        ended = (await _wait(bench, left)).ended
        left = [task_id for task_id in left if task_id not in ended]
        calls += 1
        if ending.done():
            ending.result()
    await ending
    assert calls < 60


@on_bench
async def test_a_store_that_fails_at_the_first_look_is_told_and_later_it_is_waited_for(bench: FrontendBench) -> None:
    [task_id] = (await bench.schedule(b"{}")).ids
    bench.trips.before["results.ended"] = Unavailable("no connection")
    with pytest.raises(Unavailable):
        await _wait(bench, [task_id])
    bench.trips.before.clear()
    waiting = _wait(bench, [task_id])
    await asyncio.sleep(0.1)
    bench.trips.before["results.ended"] = Unavailable("no connection")
    await bench.ended(task_id)
    await asyncio.sleep(5.0)
    assert not waiting.done()
    bench.trips.before.clear()
    assert list((await waiting).ended) == [task_id]


@on_bench
async def test_a_wrong_wait_is_refused(bench: FrontendBench) -> None:
    for ids, wait_s in (([], 1.0), ([NOBODY] * 10_001, 1.0), ([NOBODY], -1.0), ([NOBODY], 61.0)):
        with pytest.raises(InvalidInput):
            await _wait(bench, ids, wait_s)
    with pytest.raises(InvalidInput):
        await _wait(bench, [NOBODY], float("nan"))


@on_bench
async def test_a_caller_that_goes_away_during_a_shared_look_ends_it_for_nobody_else(bench: FrontendBench) -> None:
    first, second = (await bench.schedule(b"{}", b"{}")).ids
    await bench.ended(first)
    await bench.ended(second)
    gate = asyncio.Event()
    look = bench.store.results.ended

    async def slow_look(namespace_id: int, ids: Sequence[TaskId]) -> dict[TaskId, Ended]:
        await gate.wait()
        return await look(namespace_id, ids)

    bench.store.results.ended = slow_look  # type: ignore[method-assign]
    hasty, patient = _wait(bench, [first]), _wait(bench, [second])
    await asyncio.sleep(1.0)
    hasty.cancel()
    await asyncio.sleep(1.0)
    gate.set()
    assert list((await patient).ended) == [second]
