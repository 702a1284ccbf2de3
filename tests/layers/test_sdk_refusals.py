"""What the SDK makes of a platform that refuses for now."""

import asyncio
from dataclasses import replace
from typing import Any

import grpc
import pytest

from penstock import App, InvalidInput, NotFound, Overloaded, Quota, QuotaExceeded, QuotaKind, ScheduleProblems
from penstock.model.errors import Refused
from penstock.sdk.retry_budget import SAVED_MAX, RetryBudget
from penstock.sdk.throttle import Throttle
from penstock.wire.refusal_codec import DETAILS_KEY, refusal_from_wire, refusal_to_wire
from tests.layers.sdk_fixtures import (  # noqa: F401 - fixtures are found by name
    Time,
    app_fixture,
    connection_of,
    frontend_fixture,
    time_fixture,
)
from tests.layers.sdk_frontend import FakeFrontend, Trouble


def refuse_for_now(refusal: Refused) -> Trouble:
    def abort(_request: Any, context: grpc.ServicerContext) -> None:
        context.set_trailing_metadata(((DETAILS_KEY, refusal_to_wire(refusal)),))
        context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, str(refusal))

    return abort


def over_quota(delay_s: float = 2.0, name: str = "mail.send") -> Trouble:
    return refuse_for_now(QuotaExceeded(f"{name} is over its quota", delay_s, name, "5/s, 5 at once"))


def test_a_refusal_survives_the_wire() -> None:
    sent = QuotaExceeded("mail.send is over", 1.25, "mail.send", "5/s, 5 at once")
    heard = refusal_from_wire(refusal_to_wire(sent))
    assert isinstance(heard, QuotaExceeded)
    assert (str(heard), heard.retry_after_s, heard.lambda_name, heard.quota) == (
        str(sent),
        1.25,
        "mail.send",
        sent.quota,
    )
    overload = refusal_from_wire(refusal_to_wire(Overloaded("too much", 0.5)))
    assert isinstance(overload, Overloaded)
    assert overload.retry_after_s == 0.5
    assert refusal_from_wire(b"\xff\xff rubbish") is None
    assert refusal_from_wire(b"") is None


async def test_the_delay_is_waited_for_and_the_same_request_sent_again(
    app: App, frontend: FakeFrontend, time: Time
) -> None:
    @app.task
    async def send(to: str) -> None: ...

    frontend.before += [over_quota(2.0), over_quota(3.0)]
    await send.schedule("ada")
    first, second, third = frontend.schedules
    assert first.request_token == second.request_token == third.request_token
    assert len(time.waits) == 2
    assert 2.0 <= time.waits[0] <= 4.0
    assert 3.0 <= time.waits[1] <= 6.0


async def test_a_delay_beyond_the_timeout_is_told_at_once(app: App, frontend: FakeFrontend, time: Time) -> None:
    @app.task
    async def send(to: str) -> None: ...

    frontend.before += [over_quota(31.0)]
    with pytest.raises(QuotaExceeded) as error:
        await send.schedule("ada")
    assert (error.value.lambda_name, error.value.quota, error.value.retry_after_s) == (
        "mail.send",
        "5/s, 5 at once",
        31,
    )
    assert not time.waits


async def test_a_loop_over_its_quota_goes_at_the_quotas_pace(app: App, frontend: FakeFrontend, time: Time) -> None:
    @app.task
    async def send(to: str) -> None: ...

    frontend.before += [*[over_quota(0.5)] * 3, lambda _request, _context: None] * 40
    for _ in range(40):
        await send.schedule("ada")
    assert len(frontend.schedules) == 160
    assert len(time.waits) == 120
    assert all(0.5 <= wait_s <= 0.75 for wait_s in time.waits)


async def test_retries_end_when_their_budget_is_used_up(app: App, frontend: FakeFrontend, time: Time) -> None:
    @app.task
    async def send(to: str) -> None: ...

    overloaded = refuse_for_now(Overloaded("too much", 0.001))
    frontend.before += [*[overloaded] * 3, lambda _request, _context: None] * 40
    began_s, refused = time.now_s, 0
    for _ in range(20):
        try:
            await send.schedule("ada")
        except Overloaded:
            refused += 1
    assert refused
    assert len(frontend.schedules) - 20 <= SAVED_MAX + 0.1 * 20 + (time.now_s - began_s) + 1


async def test_a_quota_keeps_no_other_lambdas_calls_waiting(app: App, frontend: FakeFrontend, time: Time) -> None:
    """They share a request because others were under way."""

    @app.task
    async def send(to: str) -> None: ...

    @app.task
    async def charge(to: str) -> None: ...

    frontend.open.clear()
    under_way = [asyncio.ensure_future(send.schedule("early")) for _ in range(4)]
    await asyncio.sleep(0)
    frontend.wait_for(lambda: len(frontend.schedules) == 4)
    stopped = asyncio.ensure_future(send.schedule("late"))
    free = asyncio.ensure_future(charge.schedule("late"))
    await asyncio.sleep(0)
    frontend.before += [over_quota(40.0), lambda _request, _context: None, over_quota(40.0)]
    frontend.open.set()
    await asyncio.gather(*under_way)
    outcomes = await asyncio.gather(free, stopped, return_exceptions=True)
    mixed = [request for request in frontend.schedules if len(request.groups) == 2]
    assert len(mixed) == 1
    assert sorted(isinstance(outcome, QuotaExceeded) for outcome in outcomes) == [False, True]
    assert not time.waits


async def test_many_of_two_lambdas_are_divided_and_none_is_stored_twice(app: App, frontend: FakeFrontend) -> None:
    @app.task
    async def send(at: int) -> None: ...

    @app.task
    async def charge(at: int) -> None: ...

    frontend.before += [over_quota(40.0), lambda _request, _context: None, over_quota(40.0)]
    calls = [(send if at % 2 else charge).call(at) for at in range(10)]
    with pytest.raises(ScheduleProblems) as error:
        await app.schedule_many(calls)
    assert sorted(error.value.problems) == [1, 3, 5, 7, 9]
    assert len(frontend.tasks) == 5


async def test_too_many_at_once_for_a_quota_go_in_parts(app: App, frontend: FakeFrontend) -> None:
    @app.task
    async def send(at: int) -> None: ...

    def at_most_three(request: Any, context: grpc.ServicerContext) -> None:
        count = sum(len(group.payloads) for group in request.groups)
        if count > 3:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"groups: hold {count} tasks of mail.send; its quota ...")

    frontend.before += [at_most_three] * 20
    handles = await app.schedule_many([send.call(at) for at in range(10)])
    assert len(handles) == len(frontend.tasks) == 10


def test_retries_are_a_tenth_of_the_calls_and_one_a_second() -> None:
    now = [0.0]
    budget = RetryBudget(lambda: now[0])
    assert sum(budget.retry() for _ in range(100)) == SAVED_MAX
    for _ in range(50):
        budget.call()
    assert sum(budget.retry() for _ in range(100)) in {4, 5}
    now[0] += 3
    assert sum(budget.retry() for _ in range(100)) in {3, 4}


def test_a_throttle_refuses_as_many_as_the_platform_would() -> None:
    now = [0.0]
    throttle = Throttle(lambda: now[0], lambda: 0.5)
    for _ in range(100):
        assert not throttle.refuses(), "nobody has refused one yet"
    for _ in range(100):
        throttle.taken()
        assert not throttle.refuses(), "all are taken: none is refused"
    for _ in range(1000):
        throttle.refused()
    assert throttle.refuses()
    now[0] += 120
    assert not throttle.refuses(), "what was long ago counts no more"


async def test_an_overloaded_platform_is_spared(app: App, frontend: FakeFrontend, time: Time) -> None:
    connection_of(app)._surroundings = replace(time.surroundings(), chance=lambda: 0.0)

    @app.task
    async def send(to: str) -> None: ...

    frontend.before += [refuse_for_now(Overloaded("too much", 0.001))] * 100_000
    with pytest.raises(Overloaded, match="too much"):
        await send.schedule("ada")
    sent = len(frontend.schedules)
    with pytest.raises(Overloaded, match="this one was not sent"):
        await send.schedule("ada")
    assert len(frontend.schedules) == sent
    with pytest.raises(NotFound):
        await app.handle("01a00000-0000-7000-8000-000000000000").cancel()


async def test_a_quota_is_ordered_and_told(app: App, frontend: FakeFrontend) -> None:
    with pytest.raises(InvalidInput, match="amount"):
        await app.quotas.set("mail.send", QuotaKind.START, 0)
    with pytest.raises(InvalidInput, match="amount"):
        await app.quotas.set("mail.send", QuotaKind.START, "5")  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="limit"):
        await app.quotas.history(limit=0)


@pytest.mark.parametrize(
    ("quota", "field"),
    [
        (Quota(schedule_per_s=0), "schedule_per_s"),
        (Quota(schedule_per_s=float("nan")), "schedule_per_s"),
        (Quota(schedule_per_s=float("inf")), "schedule_per_s"),
        (Quota(schedule_burst=5), "schedule_burst"),
        (Quota(schedule_per_s=1, schedule_burst=0), "schedule_burst"),
        (Quota(schedule_per_s=1, schedule_burst=True), "schedule_burst"),
        (Quota(start_per_s=-1), "start_per_s"),
        (Quota(start_per_s="5"), "start_per_s"),  # type: ignore[arg-type]
        (Quota(weight=0), "weight"),
        (5, "quota"),
    ],
    ids=str,
)
def test_a_wrong_declaration_names_its_number(app: App, quota: Any, field: str) -> None:
    with pytest.raises(InvalidInput) as error:
        app.task(quota=quota)
    assert error.value.field == field


async def test_parts_that_were_stored_are_not_sent_again(app: App, frontend: FakeFrontend) -> None:
    """The request was halved: one half was over a quota, the other half was stored."""

    @app.task
    async def send(at: int) -> None: ...

    @app.task
    async def charge(at: int) -> None: ...

    def too_many(_request: Any, context: grpc.ServicerContext) -> None:
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, "groups: hold 4 tasks of mail.send; its quota ...")

    frontend.before += [too_many, over_quota(40.0)]
    calls = [send.call(0), send.call(1), charge.call(2), charge.call(3)]
    with pytest.raises(ScheduleProblems) as error:
        await app.schedule_many(calls)
    assert sorted(error.value.problems) == [0, 1]
    assert len(frontend.tasks) == 2
