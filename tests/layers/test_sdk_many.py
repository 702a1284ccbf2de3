import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from penstock import App, Call, Conflict, ScheduleProblems, Unavailable
from penstock.model.identity import parse_id
from penstock.model.limits import BATCH_BYTES_MAX
from penstock.wire.v1 import penstock_pb2 as pb
from tests.layers.sdk_fixtures import Time, app_fixture, frontend_fixture, time_fixture  # noqa: F401 - found by name
from tests.layers.sdk_frontend import FakeFrontend


def orders(app: App, count: int) -> Iterator[Call[Any]]:
    charge, later = app.lambda_("billing.charge"), app.lambda_("billing.charge").options(priority="low")
    return ((later if at % 3 else charge).call(order=at) for at in range(count))


def stored(frontend: FakeFrontend, handle: Any) -> int:
    order = json.loads(frontend.payloads[parse_id(handle.id)])["order"]
    assert isinstance(order, int)
    return order


async def test_many_go_in_full_requests_and_answer_in_order(app: App, frontend: FakeFrontend) -> None:
    handles = await app.schedule_many(orders(app, 2_500))

    sizes = sorted(sum(len(group.payloads) for group in request.groups) for request in frontend.schedules)
    assert sizes == [500, 1_000, 1_000]
    assert all(len(request.groups) == 2 for request in frontend.schedules)
    assert [stored(frontend, handle) for handle in handles] == list(range(2_500))


async def test_an_async_generator_will_do(app: App, frontend: FakeFrontend) -> None:
    async def calls() -> AsyncIterator[Call[Any]]:
        for call in orders(app, 1_001):
            yield call

    handles = await app.schedule_many(calls())
    assert [stored(frontend, handle) for handle in handles] == list(range(1_001))


def test_many_without_a_loop(app: App, frontend: FakeFrontend) -> None:
    handles = app.schedule_many_sync(orders(app, 1_500))
    assert [stored(frontend, handle) for handle in handles] == list(range(1_500))


def test_without_a_loop_an_async_generator_is_refused_in_words(app: App) -> None:
    async def calls() -> AsyncIterator[Call[Any]]:
        import asyncio

        await asyncio.sleep(0)
        yield app.lambda_("billing.charge").call(order=1)

    with pytest.raises(RuntimeError, match="needs an event loop: await schedule_many"):
        app.schedule_many_sync(calls())  # type: ignore[arg-type]


async def test_requests_stay_small(app: App, frontend: FakeFrontend) -> None:
    charge = app.lambda_("billing.charge")
    await app.schedule_many(charge.call(order=at, pad="x" * 100_000) for at in range(25))
    assert len(frontend.schedules) >= 3
    assert all(request.ByteSize() <= BATCH_BYTES_MAX + 1_000 for request in frontend.schedules)
    assert len(frontend.tasks) == 25


async def test_nothing_to_do_asks_nobody(app: App, frontend: FakeFrontend) -> None:
    assert await app.schedule_many([]) == []
    assert frontend.schedules == []


async def test_problems_are_raised_at_the_end_with_their_positions(app: App, frontend: FakeFrontend) -> None:
    frontend.problems[b'{"order":1200}'] = pb.ScheduleProblem(code="conflict", message="other content")
    frontend.problems[b'{"order":3}'] = pb.ScheduleProblem(code="invalid", message="payload: is deep")
    with pytest.raises(ScheduleProblems, match=r"2 of 1500 tasks .*\[3\] payload: is deep; \[1200\] other") as caught:
        await app.schedule_many(orders(app, 1_500))
    assert sorted(caught.value.problems) == [3, 1_200]
    assert isinstance(caught.value.problems[1_200], Conflict)
    assert [at for at, handle in enumerate(caught.value.handles) if handle is None] == [3, 1_200]
    assert len(frontend.tasks) == 1_498


async def test_the_guilty_call_of_a_refused_request_is_found(app: App, frontend: FakeFrontend) -> None:
    frontend.refused_lambdas["billing.bad"] = "lambda: is refused"
    calls = [app.lambda_("billing.bad" if at == 77 else "billing.charge").call(order=at) for at in range(100)]
    with pytest.raises(ScheduleProblems) as caught:
        await app.schedule_many(calls)
    assert list(caught.value.problems) == [77]
    assert len(frontend.tasks) == 99


async def test_when_nobody_answers_the_rest_is_not_asked_for(frontend: FakeFrontend, time: Time) -> None:
    frontend.stop()
    app = App("mail", address=frontend.address, timeout=3)
    app._connection._surroundings = time.surroundings()
    asked = 0

    def endless() -> Iterator[Call[Any]]:
        nonlocal asked
        while True:
            asked += 1
            yield app.lambda_("billing.charge").call(order=asked)

    with pytest.raises(ScheduleProblems) as caught:
        await app.schedule_many(endless())
    assert asked < 10_000
    assert all(isinstance(problem, Unavailable) for problem in caught.value.problems.values())
    app.close()


async def test_a_coroutine_in_the_place_of_a_call_is_refused(app: App) -> None:
    coroutine = app.lambda_("billing.charge").schedule(order=1)
    with pytest.raises(TypeError, match=r"takes calls such as send_email\.call\(\.\.\.\), not coroutine"):
        await app.schedule_many([coroutine])  # type: ignore[arg-type]
    coroutine.close()
