"""Task state: the fence, the budget, and shared trips."""

import asyncio

from msgspec import structs

from penstock.model.identity import TaskId
from penstock.model.lifecycle import Event, Status
from penstock.model.task import Failure, Report
from tests.layers.flow_bench import FlowBench, on_bench


async def claimed(bench: FlowBench, count: int = 1) -> list[TaskId]:
    ids = await bench.put(await bench.lane("mail.send"), count, publish=False)
    assert [task.claim for task in await bench.task_state.claim(ids)] == [1] * count
    return ids


@on_bench
async def test_success_ends_the_task_with_its_result(bench: FlowBench) -> None:
    (task,) = await claimed(bench)
    assert await bench.task_state.set_results([Report(task, 1, Event.SUCCEEDED, result=b"42")]) == []
    assert bench.cluster.outcomes[task].status is Status.SUCCESS
    assert bench.cluster.outcomes[task].result == b"42"
    assert bench.cluster.outcomes[task].attempts == 1


@on_bench
async def test_a_stale_claim_is_refused_and_changes_nothing(bench: FlowBench) -> None:
    (task,) = await claimed(bench)
    before = bench.cluster.live[task]
    for ending in (Event.SUCCEEDED, Event.RAISED, Event.RELEASE, Event.CRASHED_ALONE):
        assert await bench.task_state.set_results([Report(task, 2, ending)]) == [task]
    assert bench.cluster.live[task] == before
    assert bench.task_state.stale_reports == 4


@on_bench
async def test_a_repeated_report_is_not_refused(bench: FlowBench) -> None:
    done, failed = await claimed(bench, 2)
    reports = [Report(done, 1, Event.SUCCEEDED), Report(failed, 1, Event.RAISED, failure=Failure("E", "m"))]
    assert await bench.task_state.set_results(reports) == []
    assert await bench.task_state.set_results(reports) == []
    assert bench.cluster.live[failed].attempts == 1


@on_bench
async def test_a_report_of_another_namespace_is_refused_whatever_it_says(bench: FlowBench) -> None:
    (task,) = await claimed(bench)
    mine = await bench.store.registry.namespace("default")
    before = bench.cluster.live[task]
    for ending in (Event.SUCCEEDED, Event.FAILED_FATALLY, Event.RAISED, Event.RELEASE, Event.CRASHED_ALONE):
        assert await bench.task_state.set_results([Report(task, 1, ending, namespace_id=mine + 1)]) == [task], ending
    bench.cluster.live[task] = structs.replace(before, cancel_requested=True)
    for ending in (Event.STOPPED_FOR_CANCEL, Event.RAISED):
        assert await bench.task_state.set_results([Report(task, 1, ending, namespace_id=mine + 1)]) == [task], ending
    bench.cluster.live[task] = structs.replace(before, attempts=2)  # the last of its budget
    assert await bench.task_state.set_results([Report(task, 1, Event.RAISED, namespace_id=mine + 1)]) == [task]
    assert await bench.task_state.set_results([Report(task, 1, Event.RAISED, namespace_id=mine)]) == []
    assert bench.cluster.outcomes[task].status is Status.DEAD


@on_bench
async def test_the_budget_ends_a_failing_task(bench: FlowBench) -> None:
    (task,) = await claimed(bench)
    lane = await bench.lane("mail.send")
    for attempt in range(1, 4):
        await bench.task_state.set_results([Report(task, attempt, Event.RAISED)])
        if attempt < 3:
            await asyncio.sleep(10)
            await bench.store.due_work.enqueue_due({lane: 10}, ((0, 1023),), 5.0)
            assert len(await bench.task_state.claim([task])) == 1
    assert bench.cluster.outcomes[task].status is Status.DEAD
    assert bench.cluster.outcomes[task].reason == "budget"
    assert len(bench.cluster.history[task]) == 3


@on_bench
async def test_a_cancel_between_the_look_and_the_write_wins(bench: FlowBench) -> None:
    (task,) = await claimed(bench)
    from penstock.model.changes import AskToCancel

    read = bench.store.transitions.read

    async def read_then_cancel(ids):  # type: ignore[no-untyped-def]
        rows = await read(ids)
        await bench.store.transitions.apply([AskToCancel(task)])
        return rows

    bench.store.transitions.read = read_then_cancel  # type: ignore[method-assign]
    await bench.task_state.set_results([Report(task, 1, Event.RAISED)])
    row = bench.cluster.live.get(task)
    assert row is None or row.cancel_requested


@on_bench
async def test_claims_asked_for_at_the_same_time_share_trips(bench: FlowBench) -> None:
    ids = await bench.put(await bench.lane("mail.send"), 100, publish=False)
    trips: list[int] = []
    claim = bench.store.transitions.claim

    async def counted(batch, lease_s):  # type: ignore[no-untyped-def]
        trips.append(len(batch))
        await asyncio.sleep(0.01)
        return await claim(batch, lease_s)

    bench.store.transitions.claim = counted  # type: ignore[method-assign]
    answers = await asyncio.gather(*(bench.task_state.claim([task]) for task in ids))
    assert all(len(answer) == 1 and answer[0].id == task for task, answer in zip(ids, answers, strict=True))
    assert trips == [1, 1, 98]
