import asyncio
from dataclasses import dataclass

import pytest

from penstock import (
    App,
    Handle,
    InvalidInput,
    NotFound,
    NotPossible,
    ResultLeftOut,
    Status,
    TaskCancelled,
    TaskDead,
    TaskDropped,
    TaskEnded,
    TaskFailed,
    Unavailable,
)
from penstock.model.identity import TaskId, parse_id
from penstock.model.limits import RESULT_BYTES_MAX
from penstock.sdk.link import Exchange
from penstock.wire.v1 import penstock_pb2 as pb
from tests.layers.sdk_fixtures import Time, app_fixture, frontend_fixture, time_fixture  # noqa: F401 - found by name
from tests.layers.sdk_frontend import FakeFrontend, lose_answer


@dataclass
class Receipt:
    order: int
    paid: bool


async def test_a_result_has_the_annotated_type(app: App, frontend: FakeFrontend) -> None:
    @app.task
    async def charge(order: int) -> Receipt: ...  # type: ignore[empty-body]

    handle = await charge.schedule(17)
    waiting = asyncio.create_task(handle.result())
    await asyncio.to_thread(frontend.wait_for, lambda: frontend.polls_open == 1)
    frontend.finish(parse_id(handle.id), result=b'{"order":17,"paid":true}')
    assert await waiting == Receipt(17, True)

    elsewhere = charge.handle(handle.id)
    assert await elsewhere.result() == Receipt(17, True)
    assert await app.handle(handle.id).result() == {"order": 17, "paid": True}


async def test_a_result_of_another_shape_is_told(app: App, frontend: FakeFrontend) -> None:
    @app.task
    async def charge(order: int) -> Receipt: ...  # type: ignore[empty-body]

    handle = await charge.schedule(17)
    frontend.finish(parse_id(handle.id), result=b'{"order":"x"}')
    with pytest.raises(InvalidInput, match=r"mail\.charge isn't what its annotation says.*order"):
        await handle.result()


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (pb.STATUS_FATAL_FAILURE, TaskFailed),
        (pb.STATUS_DEAD, TaskDead),
        (pb.STATUS_CANCELLED, TaskCancelled),
        (pb.STATUS_DROPPED, TaskDropped),
    ],
)
async def test_ends_without_success_raise_what_happened(
    app: App, frontend: FakeFrontend, status: pb.Status, error: type[TaskEnded]
) -> None:
    handle = await app.lambda_("billing.charge").schedule()
    frontend.finish(
        parse_id(handle.id), status, error_type="KeyError", error_message="'x'", traceback="Trace...", reason="budget"
    )
    with pytest.raises(error, match=r"billing\.charge .*budget, KeyError: 'x'") as caught:
        await handle.result()
    ended = caught.value
    assert (ended.id, ended.type, ended.message, ended.traceback, ended.reason) == (
        handle.id,
        "KeyError",
        "'x'",
        "Trace...",
        "budget",
    )


async def test_a_result_that_was_left_out_is_no_none(app: App, frontend: FakeFrontend) -> None:
    handle = await app.lambda_("billing.charge").schedule()
    frontend.finish(parse_id(handle.id), result_left_out=True)
    with pytest.raises(ResultLeftOut, match=str(RESULT_BYTES_MAX)):
        await handle.result()


async def test_a_wait_that_is_over_leaves_the_task_alone(app: App, frontend: FakeFrontend) -> None:
    handle = await app.lambda_("billing.charge").schedule()
    with pytest.raises(TimeoutError, match=rf"{handle.id} has not ended within 0.01 s; it goes on"):
        await handle.result(timeout=0.01)
    frontend.finish(parse_id(handle.id), result=b"1")
    assert await handle.result() == 1


def test_the_same_without_a_loop(app: App, frontend: FakeFrontend) -> None:
    handle = app.lambda_("billing.charge").schedule_sync(order=1)
    assert handle.status_sync() is Status.NEW
    with pytest.raises(TimeoutError):
        handle.result_sync(timeout=0.01)
    frontend.finish(parse_id(handle.id), result=b'"done"')
    assert handle.result_sync() == "done"
    retried = handle.retry_sync()
    assert retried.cancel_sync() is Status.CANCELLED


async def test_status_and_cancel(app: App, frontend: FakeFrontend) -> None:
    handle = await app.lambda_("billing.charge").schedule()
    assert await handle.status() is Status.NEW
    assert await handle.cancel() is Status.CANCELLED
    assert await handle.status() is Status.CANCELLED
    frontend.finish(parse_id(handle.id), pb.STATUS_SUCCESS)
    with pytest.raises(NotPossible, match="has ended"):
        await handle.cancel()


async def test_a_retry_is_made_once_and_followed(app: App, frontend: FakeFrontend) -> None:
    handle = await app.lambda_("billing.charge").schedule()
    frontend.finish(parse_id(handle.id), pb.STATUS_DEAD)
    frontend.after = [lose_answer]
    retried = await handle.retry()
    assert retried != handle
    assert not retried.existed
    assert len(frontend.tasks) == 2

    frontend.finish(parse_id(retried.id), result=b"5")
    assert await handle.result() == 5
    assert await retried.result() == 5


async def test_a_task_that_nobody_knows(app: App) -> None:
    handle = app.handle("019a0000-0000-7000-8000-000000000000")
    with pytest.raises(NotFound, match=r"019a0000-0000-7000-8000-000000000000 does not exist"):
        await handle.result()
    with pytest.raises(NotFound):
        await handle.status()
    with pytest.raises(InvalidInput):
        app.handle("no id")


async def test_many_waits_share_a_few_polls(app: App, frontend: FakeFrontend, monkeypatch: pytest.MonkeyPatch) -> None:
    handles = await app.schedule_many(app.lambda_("billing.charge").call(order=at) for at in range(300))
    ends = app._connection.client().ends
    called_back: list[Exchange] = []

    def note(exchange: Exchange) -> None:
        called_back.append(exchange)

    with monkeypatch.context() as slow:  # a poll that is called back comes back when all wait
        slow.setattr(Exchange, "cancel", note)
        waits = [asyncio.create_task(handle.result()) for handle in handles]
        while len(ends._waiters) < 300:
            await asyncio.sleep(0)
    for exchange in called_back:
        exchange.cancel()
    await asyncio.to_thread(frontend.wait_for, lambda: frontend.polls_open <= 4 and len(set(frontend.asked_now)) == 300)
    assert len(frontend.polls) <= 5
    assert all(0 < poll.wait_s <= 60 for poll in frontend.polls)

    for at, handle in enumerate(handles):
        frontend.finish(parse_id(handle.id), result=str(at).encode())
    assert await asyncio.gather(*waits) == list(range(300))
    assert frontend.polls_open <= 4


async def test_two_who_wait_for_the_same_task_ask_once(app: App, frontend: FakeFrontend) -> None:
    handle = await app.lambda_("billing.charge").schedule()
    waits = [asyncio.create_task(handle.result()) for _ in range(2)]
    await asyncio.to_thread(frontend.wait_for, lambda: frontend.polls_open == 1)
    frontend.finish(parse_id(handle.id), result=b"7")
    assert await asyncio.gather(*waits) == [7, 7]
    assert len(frontend.polls) == 1


async def test_a_poll_that_ended_is_asked_again_without_those_who_left(app: App, frontend: FakeFrontend) -> None:
    lambda_ = app.lambda_("billing.charge")
    handles: list[Handle[int]] = await app.schedule_many(lambda_.call(order=at) for at in range(50))
    waits = [asyncio.create_task(handle.result()) for handle in handles]
    await asyncio.to_thread(frontend.wait_for, lambda: len(set(frontend.asked_now)) == 50)
    for wait in waits[1:]:
        wait.cancel()
    await asyncio.wait(waits[1:])
    before = len(frontend.polls)
    for handle in handles[1:]:
        frontend.finish(parse_id(handle.id))
    await asyncio.to_thread(frontend.wait_for, lambda: set(frontend.asked_now) == {parse_id(handles[0].id)})
    frontend.finish(parse_id(handles[0].id), result=b"0")
    assert await waits[0] == 0
    assert {poll.task_ids for poll in frontend.polls[before:]} <= {parse_id(handles[0].id)}
    assert app._connection.client().ends._waiters == {}


async def test_a_wait_outlives_a_lost_poll_but_not_a_lost_platform(
    app: App, frontend: FakeFrontend, time: Time
) -> None:
    handle = await app.lambda_("billing.charge").schedule()
    waiting = asyncio.create_task(handle.result())
    await asyncio.to_thread(frontend.wait_for, lambda: frontend.polls_open == 1)
    frontend.stop()
    with pytest.raises(Unavailable, match="penstock dev"):
        await waiting
    assert sum(time.waits) <= 60


def test_handles_compare_by_task(app: App) -> None:
    one, same = (app.handle("019a0000-0000-7000-8000-000000000000") for _ in range(2))
    assert one == same
    assert len({one, same}) == 1
    assert repr(one) == "<Handle 019a0000-0000-7000-8000-000000000000>"
    assert one != TaskId(bytes(16))
