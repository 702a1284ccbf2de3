"""Code that does not stop when it is asked to: its task is not touched by anybody else until it has."""

import asyncio
import contextlib
import itertools
import os
import signal
from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
import pytest_asyncio

from penstock import Handle, NotPossible, Status, TaskCancelled
from penstock.model.identity import parse_id
from penstock.model.lifecycle import Event
from tests.processes.fault_run import dump, overlap_lambdas
from tests.processes.fault_run.checks import claims_rise, no_overlap
from tests.processes.fault_run.history import History, Interval
from tests.processes.fault_run.lifelines import read_deaths
from tests.processes.fault_run.records import Start, read_records
from tests.processes.fault_run.stack import Stack, in_one_group, stack

pytestmark = pytest.mark.asyncio(loop_scope="module")

APP: Final = "tests.processes.fault_run.overlap_lambdas:app"
PATIENCE_S: Final = 60.0
"""for a broken program only"""


class Scene:
    """One platform, many tasks, and what is known of each."""

    def __init__(self, platform: Stack, connection: Any) -> None:
        self.platform = platform
        self._connection = connection
        self._numbers = itertools.count(1)

    async def schedule(self, name: str, *arguments: object) -> Handle[Any]:
        made: Any = getattr(overlap_lambdas, name)
        handle: Handle[Any] = await made.schedule(next(self._numbers), *arguments)
        return handle

    async def schedule_many(self, name: str, count: int, *arguments: object) -> list[Handle[Any]]:
        """In one request."""
        made: Any = getattr(overlap_lambdas, name)
        return await overlap_lambdas.app.schedule_many(
            [made.call(next(self._numbers), *arguments) for _ in range(count)]
        )

    async def started(self, handle: Handle[Any], claim: int = 1) -> Start:
        task_id = parse_id(handle.id)
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for start in read_records(self.platform.folder)[0]:
                    if start.task_id == task_id and start.claim == claim:
                        return start
                await asyncio.sleep(0.02)

    async def died(self, pid: int) -> int:
        """When."""
        async with asyncio.timeout(PATIENCE_S):
            while (at_us := read_deaths(self.platform.folder).get(pid)) is None:
                await asyncio.sleep(0.02)
        return at_us

    def history(self, handle: Handle[Any]) -> History:
        """Of one task."""
        task_id = parse_id(handle.id)
        starts, ends = read_records(self.platform.folder)
        return History(
            starts=[each for each in starts if each.task_id == task_id],
            ends=[each for each in ends if each.task_id == task_id],
            deaths=read_deaths(self.platform.folder),
        )

    def intervals(self, handle: Handle[Any]) -> list[Interval]:
        """Of one task, its overlaps checked."""
        history = self.history(handle)
        assert [*no_overlap(history), *claims_rise(history)] == []
        return history.intervals()

    async def endings(self, handle: Handle[Any]) -> list[Event]:
        """Of executions that did not end in success."""
        return [each.ending for each in await dump.tried(self._connection) if each.id == parse_id(handle.id)]

    async def row(self, handle: Handle[Any]) -> Any:
        """Its trigger."""
        return await self._connection.fetchrow("select * from penstock.trigger where id = $1", handle.id)

    async def left_owned(self) -> int:
        """Leases that somebody would have to wait for."""
        owned = "select count(*) from penstock.trigger where status = any($1::int[])"
        count: int = await self._connection.fetchval(owned, [Status.CLAIMED, Status.PROCESSING])
        return count

    async def restore(self) -> None:
        """One worker, and nothing to do: what a test that failed has left behind fails no other one."""
        worker, *others = self.platform.workers
        del self.platform.workers[1:]
        is_left = bool(await dump.live_count(self._connection))
        for each in [*others, *[worker] * is_left]:
            if each.runs:
                await each.kill()
        for row in await self._connection.fetch("select id from penstock.trigger"):
            with contextlib.suppress(NotPossible):
                await overlap_lambdas.app.handle(str(row["id"])).cancel()
        async with asyncio.timeout(PATIENCE_S):  # what was claimed ends with its lease
            while await dump.live_count(self._connection):
                await asyncio.sleep(0.1)
        if not worker.runs:
            await worker.start()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def whole_scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    folder = tmp_path_factory.mktemp("overlap")
    groups = in_one_group(*overlap_lambdas.app.lambdas())
    async with stack(folder, APP, groups, workers=1, PENSTOCK_STOP_GRACE_S="3", PENSTOCK_CONCURRENCY="50") as platform:
        overlap_lambdas.app.connect(platform.address)
        connection = await dump.connect(platform.engines.postgres_dsn)
        try:
            yield Scene(platform, connection)
        finally:
            await connection.close()
            overlap_lambdas.app.close()


@pytest_asyncio.fixture(loop_scope="module")
async def scene(whole_scene: Scene) -> AsyncIterator[Scene]:
    yield whole_scene
    await whole_scene.restore()


@pytest.mark.parametrize("name", ["deaf_thread", "deaf_coroutine"])
async def test_what_ignores_its_timeout_is_tried_again_only_when_its_process_is_gone(scene: Scene, name: str) -> None:
    deaf = await scene.schedule(name)
    first = await scene.started(deaf)
    neighbour = await scene.schedule("nap", 1.0)
    assert await deaf.result(PATIENCE_S) == first.number
    assert await neighbour.result(PATIENCE_S)
    gone_us = await scene.died(first.pid)
    before, after = scene.intervals(deaf)
    assert (before.how, after.how) == ("died", "ok")
    assert gone_us < after.start.at_us
    assert await scene.endings(deaf) == [Event.TIMED_OUT]
    assert [each.how for each in scene.intervals(neighbour)] == ["ok"]


async def test_a_cancelled_coroutine_is_cancelled_when_its_code_has_ended(scene: Scene) -> None:
    handle = await scene.schedule("polite")
    await scene.started(handle)
    assert await handle.cancel() in (Status.CLAIMED, Status.PROCESSING)
    with pytest.raises(TaskCancelled):
        await handle.result(PATIENCE_S)
    assert [each.how for each in scene.intervals(handle)] == ["stopped"]


async def test_a_coroutine_that_swallows_its_cancel_keeps_its_task_until_it_ends(scene: Scene) -> None:
    handle = await scene.schedule("slow_to_hear", 4.0)
    start = await scene.started(handle)
    await handle.cancel()
    assert await handle.result(PATIENCE_S) == start.number
    [only] = scene.intervals(handle)
    assert only.how == "ok"
    assert only.end_us - start.at_us >= 4_000_000


async def test_a_cancelled_thread_sees_its_token_and_its_word_counts(scene: Scene) -> None:
    handle = await scene.schedule("patient_thread")
    start = await scene.started(handle)
    await handle.cancel()
    assert await handle.result(PATIENCE_S) == start.number
    assert [each.how for each in scene.intervals(handle)] == ["ok"]


async def test_what_is_deaf_to_its_cancel_too_is_cancelled_when_its_process_is_gone(scene: Scene) -> None:
    handle = await scene.schedule("deaf_coroutine")
    start = await scene.started(handle)
    await handle.cancel()
    with pytest.raises(TaskCancelled):
        await handle.result(PATIENCE_S)
    await scene.died(start.pid)
    assert [each.how for each in scene.intervals(handle)] == ["died"]


@pytest.mark.parametrize("name", ["stone_deaf_thread", "stone_deaf_coroutine"])
async def test_what_hears_no_cancel_is_killed_for_it_and_cancelled_then(scene: Scene, name: str) -> None:
    """Its neighbours end first; nobody else has run it meanwhile, or does afterwards."""
    handle = await scene.schedule(name)
    start = await scene.started(handle)
    neighbour = await scene.schedule("nap", 1.0)
    await scene.started(neighbour)
    await handle.cancel()
    with pytest.raises(TaskCancelled, match="did not stop within its grace after its cancel"):
        await handle.result(PATIENCE_S)
    await scene.died(start.pid)
    assert [each.how for each in scene.intervals(handle)] == ["died"]
    assert await scene.endings(handle) == [Event.STOPPED_FOR_CANCEL]
    assert await neighbour.result(PATIENCE_S)
    assert [each.how for each in scene.intervals(neighbour)] == ["ok"]


async def test_a_host_frozen_past_its_lease_does_not_finish_what_another_has_taken_over(scene: Scene) -> None:
    worker = scene.platform.workers[0]
    threads = await scene.schedule("long_thread_at_first")
    coroutine = await scene.schedule("long_at_first")
    frozen = [await scene.started(each) for each in (threads, coroutine)]
    pids = [worker.pid, *{start.pid for start in frozen}]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    other = scene.platform.another_worker()
    await other.start()
    try:
        for handle, start in zip((threads, coroutine), frozen, strict=True):
            assert await handle.result(PATIENCE_S) == start.number, "the lease ran out, and another took it"
    finally:
        for pid in reversed(pids):  # the controller last: as long as it is frozen, no pid is reaped
            os.kill(pid, signal.SIGCONT)
    for pid in pids[1:]:
        await scene.died(pid)
    for handle in (threads, coroutine):  # an overlap that no lease can exclude; but the older code did not end well
        [only] = scene.history(handle).ends
        assert only.how == "ok"
        assert only.claim > 1
    assert await other.stop() == 0


async def test_a_clean_stop_under_load_burns_nothing_and_leaves_no_lease(scene: Scene) -> None:
    worker = scene.platform.workers[0]
    naps = await scene.schedule_many("nap", 100, 0.5)
    threads = await scene.schedule_many("nap_in_thread", 60, 0.5)  # four at a time: longer than the stop is slow
    for each in (naps[0], threads[0]):
        await scene.started(each)
    assert await worker.stop() == 0
    assert await scene.left_owned() == 0
    rows = [row for each in (*naps, *threads) if (row := await scene.row(each)) is not None]
    assert rows, "all had ended before the stop: it was not under load"
    assert {(row["attempts"], row["crashes"], row["lapses"], row["suspect"]) for row in rows} == {(0, 0, 0, False)}
    await worker.start()
    for each in (*naps, *threads):
        await each.result(PATIENCE_S)
        assert [interval.how for interval in scene.intervals(each)] == ["ok"]
        assert await scene.endings(each) == []


async def test_a_second_sigterm_is_now_and_what_ran_is_handed_back(scene: Scene) -> None:
    worker = scene.platform.workers[0]
    handles = [await scene.schedule("long_at_first"), await scene.schedule("long_thread_at_first")]
    starts = [await scene.started(each) for each in handles]
    await worker.send(signal.SIGTERM)
    assert await worker.stop() == 0
    for start in starts:
        await scene.died(start.pid)
    assert await scene.left_owned() == 0
    await worker.start()
    for handle, start in zip(handles, starts, strict=True):
        assert await handle.result(PATIENCE_S) == start.number
        assert [each.how for each in scene.intervals(handle)] == ["died", "ok"]
        assert await scene.endings(handle) == []
