"""Cancel, retry, register, inquiry."""

import asyncio

import pytest

from penstock.frontend.calls import ListCall, Retry
from penstock.model.changes import AskToCancel, Change
from penstock.model.errors import InvalidInput, NotFound, NotPossible, Unavailable
from penstock.model.identity import TaskId, make_ids
from penstock.model.lane import LambdaId, Priority
from penstock.model.lifecycle import Event, Status
from penstock.model.limits import DESCRIPTION_BYTES_MAX, SIGNATURE_BYTES_MAX, VERSION_BYTES_MAX
from penstock.model.policy import LambdaPolicy
from penstock.model.task import TaskView
from penstock.ports.signals import Topic
from tests.layers.frontend_bench import FrontendBench, on_bench, registration

NOBODY = make_ids(1, b"nobody", 1)[0]


@on_bench
async def test_a_waiting_task_is_cancelled_at_once(bench: FrontendBench) -> None:
    [task_id] = (await bench.schedule(b"{}")).ids
    answer = await bench.cancel.cancel("", task_id)
    assert (answer.status, answer.cancel_requested) == (Status.CANCELLED, False)
    assert bench.cluster.outcomes[task_id].status is Status.CANCELLED
    await asyncio.sleep(0.01)
    assert bench.said[Topic.ENDED] == [task_id]
    assert (await bench.cancel.cancel("", task_id)).status is Status.CANCELLED


@on_bench
async def test_a_running_task_is_asked_to_stop(bench: FrontendBench) -> None:
    [task_id] = (await bench.schedule(b"{}")).ids
    await bench.store.transitions.claim([task_id], 30.0)
    answer = await bench.cancel.cancel("", task_id)
    assert (answer.status, answer.cancel_requested) == (Status.CLAIMED, True)
    assert bench.row(task_id).cancel_requested
    await asyncio.sleep(0.01)
    assert bench.said[Topic.CANCEL] == [task_id]


@on_bench
async def test_a_task_claimed_between_the_look_and_the_cancel_is_asked_to_stop(bench: FrontendBench) -> None:
    [task_id] = (await bench.schedule(b"{}")).ids
    plain = bench.store.transitions.apply

    async def apply_after_a_claim(changes: list[Change]) -> list[bool]:
        if not isinstance(changes[0], AskToCancel):
            await bench.store.transitions.claim([task_id], 30.0)
        return await plain(changes)

    bench.store.transitions.apply = apply_after_a_claim  # type: ignore[method-assign,assignment]
    assert (await bench.cancel.cancel("", task_id)).cancel_requested
    assert bench.row(task_id).status is Status.CLAIMED


@on_bench
async def test_an_ended_task_is_not_cancelled_and_its_status_is_named(bench: FrontendBench) -> None:
    [task_id] = (await bench.schedule(b"{}")).ids
    await bench.ended(task_id)
    with pytest.raises(NotPossible, match="success"):
        await bench.cancel.cancel("", task_id)


@on_bench
async def test_a_task_of_another_namespace_is_not_found(bench: FrontendBench) -> None:
    live, ended = (await bench.schedule(b"{}", b"{}")).ids
    await bench.ended(ended)
    for task_id in (live, ended, NOBODY):
        with pytest.raises(NotFound):
            await bench.cancel.cancel("others", task_id)
    with pytest.raises(NotFound):
        await bench.retry.retry("others", ended)
    assert bench.row(live).status is Status.ENQUEUED


@on_bench
async def test_a_retry_is_a_new_task_and_the_scheduler_is_told(bench: FrontendBench) -> None:
    [task_id] = (await bench.schedule(b'{"a":1}')).ids
    with pytest.raises(NotPossible):
        await bench.retry.retry("", task_id)
    await bench.ended(task_id, Event.FAILED_FATALLY, Status.FATAL_FAILURE)
    token = b"a token of a call"
    retried = await bench.retry.retry("", task_id, token)
    new_id = retried.id
    assert not retried.existed
    assert bench.cluster.tasks[new_id].retry_of == task_id
    assert bench.cluster.tasks[new_id].payload == b'{"a":1}'
    assert await bench.retry.retry("", task_id) == Retry(new_id, existed=True)
    await asyncio.sleep(0.01)
    assert await bench.retry.retry("", task_id, token) == retried, "the same call, repeated later"
    assert bench.said[Topic.DUE][0][:8] == bench.row(new_id).lane.to_bytes(8, "big")
    with pytest.raises(NotFound):
        await bench.retry.retry("", NOBODY)


@on_bench
async def test_a_registration_frees_what_was_held_for_it_and_names_orchestrators(bench: FrontendBench) -> None:
    for _ in range(3):
        await bench.schedule(*[b"{}"] * 1_000, name="mail.later")
    answer = await bench.register.register("", [registration("mail.later")])
    assert (answer.orchestrators, answer.freed_tasks) == (["host:1"], 3_000)
    assert {row.status for row in bench.cluster.live.values()} == {Status.NEW}
    await asyncio.sleep(0.01)
    assert bench.said[Topic.LAMBDAS][-1] == b""
    assert len(bench.said[Topic.DUE][-1]) == 3 * 16


@on_bench
async def test_a_task_held_just_after_the_registration_is_freed_too(bench: FrontendBench) -> None:
    await bench.schedule(b"{}", name="mail.later")
    gate = bench.trips.stuck["admission.admit"] = asyncio.Event()
    late = asyncio.ensure_future(bench.schedule(b"{}", name="mail.later"))  # believes it is unregistered
    await asyncio.sleep(0.01)
    assert (await bench.register.register("", [registration("mail.later")])).freed_tasks == 1
    await asyncio.sleep(0.5)
    gate.set()
    [task_id] = (await late).ids
    assert bench.row(task_id).status is Status.HELD
    await asyncio.sleep(2.0)
    assert bench.row(task_id).status is Status.NEW


@on_bench
async def test_a_worker_with_a_mistake_registers_nothing(bench: FrontendBench) -> None:
    good = registration("mail.good")
    for wrong in (
        registration("nodot"),
        registration("mail.good"),
        registration("mail.x", version="v" * (VERSION_BYTES_MAX + 1)),
        registration("mail.x", description="d" * (DESCRIPTION_BYTES_MAX + 1)),
        registration("mail.x", policy=LambdaPolicy(attempts_max=0)),
        registration("mail.x", policy=LambdaPolicy(timeout_s=float("nan"))),
        registration("mail.x", signature=b"{"),
        registration("mail.x", signature=b"[" * (SIGNATURE_BYTES_MAX + 1)),
        registration("mail.x", signature=b"[" * SIGNATURE_BYTES_MAX),
    ):
        with pytest.raises(InvalidInput):
            await bench.register.register("", [good, wrong])
    with pytest.raises(InvalidInput):
        await bench.register.register("", [registration(f"mail.l{number}") for number in range(1_001)])
    assert [record.name for record in bench.cluster.lambdas.values()] == ["mail.send"]


@on_bench
async def test_when_freeing_fails_the_worker_is_told_and_may_try_again(bench: FrontendBench) -> None:
    await bench.schedule(b"{}", name="mail.later")
    bench.trips.before["due_work.free_held"] = Unavailable("no connection")
    with pytest.raises(Unavailable):
        await bench.register.register("", [registration("mail.later")])
    bench.trips.before.clear()
    assert (await bench.register.register("", [registration("mail.later")])).freed_tasks == 1


@on_bench
async def test_pages_follow_one_another_to_the_end(bench: FrontendBench) -> None:
    bench.search.views = [_view(task_id) for task_id in reversed(make_ids(1_000, b"views", 25))]
    seen: list[TaskId] = []
    page = await bench.inquiry.list_tasks(ListCall("", page_size=10))
    seen += [view.id for view in page.tasks]
    while page.next_page_token:
        page = await bench.inquiry.list_tasks(ListCall("", page_size=10, page_token=page.next_page_token))
        seen += [view.id for view in page.tasks]
    assert seen == [view.id for view in bench.search.views]
    exact = await bench.inquiry.list_tasks(ListCall("", page_size=25))
    assert exact.next_page_token == ""


@on_bench
async def test_a_page_token_is_good_for_its_own_list_only(bench: FrontendBench) -> None:
    bench.search.views = [_view(task_id) for task_id in reversed(make_ids(1_000, b"views", 25))]
    token = (await bench.inquiry.list_tasks(ListCall("", page_size=10))).next_page_token
    forged = ("A" if token[0] != "A" else "B") + token[1:]
    for call in (
        ListCall("", page_size=10, page_token=forged),
        ListCall("", page_size=10, page_token="ü"),
        ListCall("", page_size=10, page_token="x"),
        ListCall("others", page_size=10, page_token=token),
        ListCall("", lambda_name="mail.send", page_size=10, page_token=token),
        ListCall("", statuses=(9,), page_size=10, page_token=token),
    ):
        with pytest.raises(InvalidInput, match="page_token"):
            await bench.inquiry.list_tasks(call)


@on_bench
async def test_a_wrong_list_call_is_refused_and_a_right_one_arrives(bench: FrontendBench) -> None:
    for wrong in (
        ListCall("", page_size=1_001),
        ListCall("", statuses=(0,)),
        ListCall("", lambda_name="nodot"),
        ListCall("", from_us=-1),
        ListCall("", from_us=10, until_us=5),
        ListCall("No Namespace"),
    ):
        with pytest.raises(InvalidInput):
            await bench.inquiry.list_tasks(wrong)
    await bench.inquiry.list_tasks(ListCall("", "mail.send", "c", (9, 7, 7), 5, 10))
    [asked] = bench.search.asked
    assert (asked.lambda_name, asked.collection, asked.from_us, asked.until_us) == ("mail.send", "c", 5, 10)
    assert asked.statuses == (Status.SUCCESS, Status.DEAD)


@on_bench
async def test_one_task_is_shown_or_not_found(bench: FrontendBench) -> None:
    bench.search.views = [_view(NOBODY)]
    assert (await bench.inquiry.get_task("", NOBODY)).id == NOBODY
    bench.search.views = []
    with pytest.raises(NotFound):
        await bench.inquiry.get_task("", NOBODY)


def _view(task_id: TaskId) -> TaskView:
    return TaskView(task_id, "default", "mail.send", LambdaId(1), Priority.NORMAL, "", Status.NEW, 0)
