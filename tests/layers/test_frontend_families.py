"""Schedule with parents: what is refused, and where; what is stored; the parents' results; the end of a tree."""

import asyncio
from typing import Any

import pytest

from penstock.frontend.calls import ParentsAsked, ScheduleCall, TaskGroup
from penstock.model.errors import Conflict, InvalidInput, LimitExceeded, NotFound
from penstock.model.identity import TaskId, bucket_of
from penstock.model.lifecycle import Event, ParentFailure, Status
from penstock.model.limits import BATCH_BYTES_MAX
from penstock.model.task import Outcome
from penstock.ports.signals import Topic
from tests.layers.frontend_bench import FrontendBench, on_bench

TOKEN = b"a token of a call"
NOBODY = bytes(16)


def call_of(count: int, parents: dict[int, list[Any]], token: bytes = b"", **group: Any) -> ScheduleCall:
    asked = {at: ParentsAsked(list(of)) for at, of in parents.items()}
    return ScheduleCall("", [TaskGroup("mail.send", [b"{}"] * count, **group)], token, parents=asked)


async def refused(bench: FrontendBench, call: ScheduleCall) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        await bench.desk.schedule(call)
    assert not bench.cluster.tasks
    return caught.value


@on_bench
async def test_a_chain_in_any_order_runs_in_its_own(bench: FrontendBench) -> None:
    answer = await bench.desk.schedule(call_of(3, {0: [1], 1: [2]}))
    last, middle, first = answer.ids
    assert bench.published == [first]
    assert bench.row(middle).held_for == bench.row(last).held_for == "parents"
    await bench.ended(first)
    assert bench.row(middle).status is Status.NEW


@on_bench
async def test_children_share_the_bucket_of_their_chains_root(bench: FrontendBench) -> None:
    answer = await bench.desk.schedule(call_of(4, {1: [0], 2: [1], 3: [2, 0]}))
    assert len({bucket_of(each) for each in answer.ids}) == 1
    [later] = (await bench.desk.schedule(call_of(1, {0: [answer.ids[3]]}))).ids
    assert bucket_of(later) == bucket_of(answer.ids[0])


@on_bench
async def test_a_repeat_is_answered_the_same_ids(bench: FrontendBench) -> None:
    call = call_of(5, {1: [0], 2: [0], 3: [1, 2]}, TOKEN)
    answer = await bench.desk.schedule(call)
    bench.time.jump(5.0)
    assert (await bench.desk.schedule(call)).ids == answer.ids
    assert len(bench.cluster.tasks) == 5
    with pytest.raises(InvalidInput, match="request_token"):
        await bench.desk.schedule(call_of(5, {1: [0]}, TOKEN))


@on_bench
async def test_what_cannot_be_is_refused_naming_the_place_and_nothing_is_stored(bench: FrontendBench) -> None:
    cases: list[tuple[dict[int, list[Any]], str, str]] = [
        ({0: [0]}, "tasks[0].parents[0]", "the task itself"),
        ({0: []}, "tasks[0].parents", "is empty"),
        ({2: [0, 3]}, "tasks[2].parents[1]", "names tasks[3]; the call has 3 tasks"),
        ({2: [0, 1, 0]}, "tasks[2].parents[2]", "the same task as parents[0]"),
        ({0: [1], 1: [2], 2: [0]}, "tasks[2].parents[0]", "tasks[0] -> tasks[1] -> tasks[2] -> tasks[0]"),
        ({1: [0, b"short"]}, "tasks[1].parents[1]", "has 5 bytes"),
        ({1: [0, NOBODY]}, "tasks[1].parents[1]", "no such task in this namespace: 00000000-0000"),
    ]
    for parents, place, told in cases:
        error = await refused(bench, call_of(3, parents))
        assert error.field == place
        assert told in str(error)
    policy = ScheduleCall("", [TaskGroup("mail.send", [b"{}"] * 2)], parents={1: ParentsAsked([0], on_failure=7)})
    assert (await refused(bench, policy)).field == "tasks[1].on_failure"


@on_bench
async def test_sizes_over_the_limit_are_refused(bench: FrontendBench) -> None:
    wide = call_of(200, {at: list(range(at)) for at in range(1, 200)})
    error = await refused(bench, wide)
    assert isinstance(error, LimitExceeded)
    assert "19,900" in str(error)


@on_bench
async def test_a_long_cycle_is_told_shortly(bench: FrontendBench) -> None:
    error = await refused(bench, call_of(5_000, {at: [(at + 1) % 5_000] for at in range(5_000)}))
    assert "a cycle of 5000 tasks" in str(error)
    assert len(str(error)) < 300


@on_bench
async def test_one_bad_payload_refuses_the_whole_chain(bench: FrontendBench) -> None:
    group = TaskGroup("mail.send", [b"{}", b"nonsense"])
    error = await refused(bench, ScheduleCall("", [group], parents={1: ParentsAsked([0])}))
    assert error.field == "tasks[1].payload"


@on_bench
async def test_a_key_in_conflict_refuses_the_whole_chain(bench: FrontendBench) -> None:
    await bench.schedule(b'{"other": 1}', keys=["k"])
    group = TaskGroup("mail.send", [b"{}", b"{}"], keys=["fresh", "k"])
    call = ScheduleCall("", [group], parents={1: ParentsAsked([0])})
    with pytest.raises(Conflict, match=r"tasks\[1\]\.key"):
        await bench.desk.schedule(call)
    assert len(bench.cluster.tasks) == 1
    answer = await bench.schedule(b"{}", keys=["fresh"])
    assert not answer.existing


@on_bench
async def test_a_chain_larger_than_a_trip_is_one_piece(bench: FrontendBench) -> None:
    count = 2_500
    answer = await bench.desk.schedule(call_of(count, {at: [at - 1] for at in range(1, count)}))
    assert [len(request.tasks) for trip in bench.admissions.trips for request in trip] == [count]
    assert bench.published == answer.ids[:1]
    big = ScheduleCall(
        "",
        [TaskGroup("mail.send", [b'{"a":"' + b"x" * (BATCH_BYTES_MAX // 5) + b'"}'] * 8)],
        parents={1: ParentsAsked([0])},
    )
    assert len((await bench.desk.schedule(big)).ids) == 8


@on_bench
async def test_a_retried_parent_stands_for_its_retry(bench: FrontendBench) -> None:
    [parent] = (await bench.schedule(b"{}")).ids
    await bench.ended(parent, Event.FAILED_FATALLY, Status.FATAL_FAILURE)
    again = (await bench.retry.retry("", parent)).id
    [child] = (await bench.desk.schedule(call_of(1, {0: [parent]}))).ids
    assert bench.row(child).held_for == "parents"
    page = await bench.tree.parents("", child)
    assert [(each.id, each.lives) for each in page.parents] == [(again, Status.NEW)]


@on_bench
async def test_parents_are_told_in_order_with_their_results_page_by_page(bench: FrontendBench) -> None:
    ids = list((await bench.schedule(*[b"{}"] * 100)).ids)
    [child] = (await bench.desk.schedule(call_of(1, {0: list(reversed(ids))}))).ids
    for each in ids[:50]:
        await bench.ended(each)
    page = await bench.tree.parents("", child)
    assert [each.id for each in page.parents] == ids[::-1]
    assert page.next_place == 0
    assert [each.ended is not None for each in page.parents] == [False] * 50 + [True] * 50
    with pytest.raises(NotFound):
        await bench.tree.parents("", TaskId(NOBODY))


@on_bench
async def test_a_tree_is_cancelled_as_a_whole_from_below(bench: FrontendBench) -> None:
    """What goes on without its parents must not start because of it."""
    ids = (await bench.desk.schedule(call_of(6, {1: [0], 2: [0], 3: [1, 2], 4: [3]}))).ids
    asked = {0: ParentsAsked([ids[4]], ParentFailure.CONTINUE)}
    [follower] = (await bench.desk.schedule(ScheduleCall("", [TaskGroup("mail.send", [b"{}"])], parents=asked))).ids
    [spawned] = (await bench.schedule(b"{}", parent_id=ids[0])).ids
    await bench.store.transitions.claim([ids[0]], 30.0)
    done = await bench.tree.cancel("", ids[3])
    assert (done.cancelled, done.asked_to_stop, done.done, done.cut) == (6, 1, False, False)
    assert bench.row(ids[0]).cancel_requested
    assert bench.row(ids[5]).status is Status.ENQUEUED
    assert set(bench.cluster.live) == {ids[0], ids[5]}
    assert bench.cluster.outcomes[follower].status is Status.CANCELLED
    assert bench.cluster.outcomes[spawned].status is Status.CANCELLED
    await asyncio.sleep(1.0)
    assert bench.said[Topic.CANCEL] == [ids[0]]
    assert (await bench.tree.cancel("", ids[3])).done
    with pytest.raises(NotFound):
        await bench.tree.cancel("", TaskId(NOBODY))
    with pytest.raises(NotFound):
        await bench.tree.cancel("another", ids[3])


@on_bench
async def test_a_tree_of_many_batches_is_cancelled_and_nobody_starts_meanwhile(bench: FrontendBench) -> None:
    count = 2_500
    [root] = (await bench.schedule(b"{}")).ids
    goes_on = {at: ParentsAsked([root], ParentFailure.CONTINUE) for at in range(count)}
    call = ScheduleCall("", [TaskGroup("mail.send", [b"{}"] * count)], parents=goes_on)
    ids = (await bench.desk.schedule(call)).ids
    order: list[TaskId] = []
    end = bench.cluster.end

    def noted(outcome: Outcome) -> None:
        order.append(outcome.id)
        end(outcome)

    bench.cluster.end = noted  # type: ignore[method-assign]
    done = await bench.tree.cancel("", ids[0])
    assert order[-1] == root
    assert (done.cancelled, done.asked_to_stop) == (count + 1, 0)
    assert not bench.cluster.live
    assert {outcome.reason for outcome in bench.cluster.outcomes.values()} == {"cancelled before it started"}
    assert bench.published == [root]
