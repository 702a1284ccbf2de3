"""Virtual time: nothing waits, everything repeats, and what cannot go on says so."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from penstock.testing.virtual_loop import LATENESS_S, Deadlock, VirtualLoop, run_virtual


async def crowd() -> list[object]:
    """A program with sets of tasks, coinciding timers, cancellations and a queue; answers its whole trace."""
    loop = asyncio.get_running_loop()
    trace: list[object] = []
    queue: asyncio.Queue[int] = asyncio.Queue(3)

    async def produce(number: int) -> None:
        for turn in range(4):
            await asyncio.sleep(1)
            await queue.put(10 * number + turn)

    async def consume(name: int) -> None:
        try:
            while True:
                trace.append((name, await queue.get(), loop.time()))
                await asyncio.sleep(0.5)
        finally:
            trace.append((name, "cancelled"))

    async def slept(number: int) -> int:
        await asyncio.sleep(1)
        return number

    consumers = {asyncio.create_task(consume(name)) for name in range(5)}
    async with asyncio.TaskGroup() as group:
        for number in range(20):
            group.create_task(produce(number))
    for consumer in consumers:
        consumer.cancel()
    done, _ = await asyncio.wait(consumers)
    trace.append(len(done))
    woken, _ = await asyncio.wait({asyncio.create_task(slept(number)) for number in range(30)})
    trace += [task.result() for task in woken]
    return trace


@pytest.mark.parametrize("seed", [None, 0, 1, 2**40])
def test_two_runs_interleave_identically(seed: int | None) -> None:
    first, second = run_virtual(crowd(), seed), run_virtual(crowd(), seed)
    assert first == second
    assert len(first) > 80


def test_another_seed_interleaves_otherwise() -> None:
    assert run_virtual(crowd(), 1) != run_virtual(crowd(), 2)


def test_time_moves_to_the_next_timer_and_nowhere_else() -> None:
    async def program() -> list[float]:
        loop = asyncio.get_running_loop()
        times = [loop.time()]
        for wait_s in (0.0, 1.5, 86_400.0, 10_000 * 86_400.0):
            await asyncio.sleep(wait_s)
            times.append(loop.time())
        return times

    assert run_virtual(program()) == pytest.approx([0, 0, 1.5, 86_401.5, 10_001 * 86_400 + 1.5])


def test_a_timer_is_never_early_and_hardly_late() -> None:
    async def program() -> None:
        loop = asyncio.get_running_loop()

        async def sleeper(wait_s: float) -> None:
            due_s = loop.time() + wait_s
            await asyncio.sleep(wait_s)
            assert 0 <= loop.time() - due_s <= LATENESS_S + 1e-6

        await asyncio.gather(*(sleeper(wait_s / 7) for wait_s in range(1, 200)))

    run_virtual(program(), 3)


def test_a_program_that_waits_for_nothing_is_told_so() -> None:
    async def program() -> None:
        await asyncio.sleep(3)
        await asyncio.get_running_loop().create_future()

    with pytest.raises(Deadlock, match=r"at 3\.0+ s nothing is ready and no timer stands; waiting: "):
        run_virtual(program())


def test_a_timer_elsewhere_is_no_deadlock() -> None:
    async def program() -> str:
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_later(1e6, answer.set_result, "at last")
        return await answer

    assert run_virtual(program()) == "at last"


def test_timeouts_happen() -> None:
    async def program() -> float:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.get_running_loop().create_future(), 30)
        return asyncio.get_running_loop().time()

    assert run_virtual(program()) == pytest.approx(30)


def test_what_is_left_behind_is_cancelled() -> None:
    ended: list[str] = []

    async def left_behind() -> None:
        try:
            await asyncio.sleep(1e9)
        finally:
            ended.append("cancelled")

    async def program() -> Any:
        task = asyncio.create_task(left_behind())
        await asyncio.sleep(1)
        return task

    assert run_virtual(program()).cancelled()
    assert ended == ["cancelled"]


def test_errors_come_out() -> None:
    async def program() -> None:
        await asyncio.sleep(1)
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        run_virtual(program())


def test_threads_are_refused() -> None:
    async def program() -> None:
        with pytest.raises(RuntimeError, match="no threads"):
            await asyncio.to_thread(print)

    run_virtual(program())


def test_it_is_an_event_loop_like_any_other() -> None:
    loop = VirtualLoop()
    try:
        assert loop.run_until_complete(asyncio.sleep(5, "slept")) == "slept"
        assert loop.time() == pytest.approx(5)
    finally:
        loop.close()
