"""Layer 1 on memory adapters: what quotas let through, and orders about them."""

import asyncio
from typing import Any

import pytest

from penstock.flow.quota_book import QuotaBook
from penstock.flow.schedule_quotas import MeteredSchedules
from penstock.frontend.calls import ScheduleCall, TaskGroup
from penstock.frontend.quota_calls import QuotaCall
from penstock.frontend.schedule import ScheduleDesk
from penstock.model.errors import InvalidInput, LimitExceeded, NotFound, QuotaExceeded
from penstock.model.quota import UNLIMITED, QuotaKind
from penstock.ports.signals import Topic
from tests.layers.frontend_bench import FrontendBench, on_bench

SCHEDULE = QuotaKind.SCHEDULE


async def limited(bench: FrontendBench, amount: float, burst: int = 0, name: str = "mail.send") -> None:
    await bench.quotas.order(QuotaCall("", name, SCHEDULE, amount=amount, burst=burst))
    await bench.quota_book.refresh()


async def taken(bench: FrontendBench, count: int, desk: ScheduleDesk | None = None, name: str = "mail.send") -> bool:
    group = TaskGroup(name, [b"{}"] * count)
    try:
        await (desk or bench.desk).schedule(ScheduleCall("", [group], b""))
    except QuotaExceeded:
        return False
    return True


def another_frontend(bench: FrontendBench) -> ScheduleDesk:
    quotas = MeteredSchedules(bench.quota_book, bench.store.quotas)
    return ScheduleDesk(bench.pump, bench.book, bench.store.clock, bench.new_token, bench.store.chains, quotas)


@on_bench
async def test_what_is_over_the_quota_is_refused_with_a_delay_and_passes_after_it(bench: FrontendBench) -> None:
    await limited(bench, 2, burst=4)
    await bench.schedule(*[b"{}"] * 4)
    with pytest.raises(
        QuotaExceeded, match=r"mail\.send is over its quota of 2/s, 4 at once; none of the 3 tasks"
    ) as error:
        await bench.schedule(*[b"{}"] * 3)
    refusal = error.value
    assert (refusal.lambda_name, refusal.quota) == ("mail.send", "2/s, 4 at once")
    assert 1.4 <= refusal.retry_after_s <= 1.51
    assert len(bench.cluster.tasks) == 4
    await asyncio.sleep(refusal.retry_after_s + 0.001)
    await bench.schedule(*[b"{}"] * 3)
    assert len(bench.cluster.tasks) == 7


@on_bench
async def test_a_call_passes_with_all_of_its_tasks_or_with_none(bench: FrontendBench) -> None:
    await limited(bench, 1, burst=2)
    await taken(bench, 2)
    groups = [TaskGroup("mail.other", [b"{}"] * 5), TaskGroup("mail.send", [b"{}"])]
    with pytest.raises(QuotaExceeded, match="none of the 6 tasks"):
        await bench.desk.schedule(ScheduleCall("", groups, b""))
    assert len(bench.cluster.tasks) == 2
    assert await taken(bench, 50, name="mail.other"), "its neighbour has no quota"


@on_bench
async def test_a_refused_call_uses_up_no_other_lambdas_quota(bench: FrontendBench) -> None:
    await limited(bench, 0.001, burst=2)
    await bench.register.register("", [])
    await taken(bench, 1, name="mail.other")
    await limited(bench, 0.001, burst=3, name="mail.other")
    await taken(bench, 2)
    groups = [TaskGroup("mail.other", [b"{}"] * 3), TaskGroup("mail.send", [b"{}"])]
    with pytest.raises(QuotaExceeded):
        await bench.desk.schedule(ScheduleCall("", groups, b""))
    assert await taken(bench, 3, name="mail.other")


@on_bench
async def test_a_refused_call_leaves_in_hand_what_it_does_not_use(bench: FrontendBench) -> None:
    await taken(bench, 1, name="mail.other")
    await limited(bench, 100, name="mail.other")
    await limited(bench, 0.001, burst=1)
    assert await taken(bench, 1)
    assert await taken(bench, 10, name="mail.other")
    assert await taken(bench, 1, name="mail.other"), "which draws nine ahead"
    groups = [TaskGroup("mail.other", [b"{}"] * 5), TaskGroup("mail.send", [b"{}"])]
    with pytest.raises(QuotaExceeded):
        await bench.desk.schedule(ScheduleCall("", groups, b""))
    drawn = dict(bench.cluster.quota_levels)
    assert await taken(bench, 9, name="mail.other")
    assert bench.cluster.quota_levels == drawn


@on_bench
async def test_a_call_that_can_never_pass_says_so(bench: FrontendBench) -> None:
    await limited(bench, 2, burst=4)
    with pytest.raises(LimitExceeded, match=r"tasks: are 5 of mail\.send; its quota lets 4 pass at once"):
        await bench.schedule(*[b"{}"] * 5)
    assert await taken(bench, 4), "nothing was counted"


@on_bench
async def test_bad_tasks_are_not_counted(bench: FrontendBench) -> None:
    await limited(bench, 0.001, burst=2)
    answer = await bench.schedule(b"{}", b"not json", b"{}")
    assert len(answer.problems) == 1


@on_bench
async def test_in_any_second_no_more_pass_than_rate_and_burst_over_all_frontends(bench: FrontendBench) -> None:
    await limited(bench, 50, burst=20)
    desks = [bench.desk, *[another_frontend(bench) for _ in range(3)]]
    loop = asyncio.get_running_loop()
    passed: list[float] = []

    async def client(desk: ScheduleDesk, pause_s: float) -> None:
        while loop.time() < ends_at_s:
            if await taken(bench, 2, desk):
                passed.extend([loop.time()] * 2)
            await asyncio.sleep(pause_s)

    ends_at_s = loop.time() + 10
    await asyncio.gather(*[client(desk, 0.007 + 0.001 * at) for at, desk in enumerate(desks * 2)])
    most = max(sum(first <= at < first + 1 for at in passed) for first in passed)
    assert most <= 50 * 1.1 + 20
    assert len(passed) >= 0.9 * (10 * 50)


@on_bench
async def test_what_is_known_to_be_used_up_is_refused_without_asking_the_store(bench: FrontendBench) -> None:
    await limited(bench, 1, burst=1)
    await taken(bench, 1)
    asked = []

    class Counting(MeteredSchedules):
        pass

    draw = bench.store.quotas.draw

    async def counted(draws: Any) -> Any:
        asked.append(draws)
        return await draw(draws)

    bench.store.quotas.draw = counted  # type: ignore[method-assign]
    assert not any([await taken(bench, 1) for _ in range(100)])
    assert len(asked) <= 1


@on_bench
async def test_calls_at_once_share_trips_for_tokens(bench: FrontendBench) -> None:
    await limited(bench, 10_000)
    asked = []
    draw = bench.store.quotas.draw

    async def counted(draws: Any) -> Any:
        asked.append(draws)
        return await draw(draws)

    bench.store.quotas.draw = counted  # type: ignore[method-assign]
    assert all(await asyncio.gather(*[taken(bench, 1) for _ in range(500)]))
    assert len(asked) <= 20


@on_bench
async def test_without_quotas_no_token_is_drawn(bench: FrontendBench) -> None:
    await limited(bench, 5, name="mail.send")
    assert await taken(bench, 10, name="mail.other")
    assert not bench.cluster.quota_levels


@on_bench
async def test_an_order_is_heeded_once_its_signal_is_heard(bench: FrontendBench) -> None:
    book = QuotaBook(bench.store.quotas, bench.signals)
    keeps_fresh = asyncio.ensure_future(book.run())
    await asyncio.sleep(0.1)
    standing = await bench.quotas.order(QuotaCall("", "mail.send", SCHEDULE, amount=3, who="ada", reason="slow"))
    assert bench.said[Topic.QUOTAS]
    await asyncio.sleep(0.1)
    [quota] = standing.quotas
    limit = book.schedule_limit(quota.lambda_id)
    assert limit is not None
    assert (limit.per_s, limit.burst) == (3, 3)
    await bench.quotas.order(QuotaCall("", "mail.send", SCHEDULE, amount=UNLIMITED))
    await asyncio.sleep(0.1)
    assert book.schedule_limit(quota.lambda_id) is None
    keeps_fresh.cancel()
    assert [line.who for line in await bench.quotas.trail("")] == ["", "ada"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kind": 0}, "kind"),
        ({"kind": 9}, "kind"),
        ({"priority": 7, "kind": 2}, "priority"),
        ({"priority": 1}, "priority"),
        ({"amount": 0.0}, "amount"),
        ({"amount": -1.0}, "amount"),
        ({"amount": float("nan")}, "amount"),
        ({"amount": 1e9}, "amount"),
        ({"kind": 3, "amount": 0.0}, "amount"),
        ({"kind": 3, "amount": UNLIMITED}, "amount"),
        ({"burst": 2_000_000}, "burst"),
        ({"kind": 3, "burst": 5}, "burst"),
        ({"amount": None, "burst": 5}, "burst"),
        ({"lambda_name": "mail"}, "lambda"),
        ({"reason": "x" * 5000}, "reason"),
        ({"who": "x" * 5000}, "who"),
        ({"request_token": b"short"}, "request_token"),
    ],
    ids=str,
)
def test_a_wrong_order_names_its_field_and_changes_nothing(fields: dict[str, Any], field: str) -> None:
    @on_bench
    async def check(bench: FrontendBench) -> None:
        call: dict[str, Any] = {"namespace": "", "lambda_name": "mail.send", "kind": 1, "amount": 5.0} | fields
        with pytest.raises(InvalidInput) as error:
            await bench.quotas.order(QuotaCall(**call))
        assert error.value.field == field
        assert not bench.cluster.quotas

    check()


@on_bench
async def test_a_lambda_that_nobody_has_named_has_no_quota(bench: FrontendBench) -> None:
    with pytest.raises(NotFound, match=r"no lambda mail\.nobody"):
        await bench.quotas.order(QuotaCall("", "mail.nobody", SCHEDULE, amount=5))
    assert (await bench.quotas.standing("")).quotas == []
