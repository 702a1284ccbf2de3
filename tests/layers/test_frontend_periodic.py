"""The desk of periodic schedules: what is refused, what is answered, and what is repeated."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec import structs

from penstock.adapters.memory.store_time import EPOCH_US
from penstock.frontend.periodic_calls import Backfilled, ScheduleList
from penstock.model.errors import Conflict, InvalidInput, LimitExceeded, NotFound, Unavailable
from penstock.model.lane import Priority, priority_of
from penstock.model.lifecycle import Status
from penstock.model.limits import BACKFILL_TICKS_MAX, NEXT_TICKS_MAX
from penstock.model.periodic import Definition, Schedule
from penstock.model.rhythm import Rhythm
from penstock.ports.signals import Topic
from tests.layers.frontend_bench import FrontendBench, on_bench

S = 1_000_000
MINUTE = 60 * S
HOURLY = Rhythm(cron="0 * * * *", zone="Europe/Berlin")
USUAL = Definition("mail.digest", "mail.send", HOURLY)


def at_us(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * S


async def create(bench: FrontendBench, **fields: Any) -> Schedule:
    return (await bench.periodic.create("", structs.replace(USUAL, **fields))).schedule


@on_bench
async def test_a_schedule_is_made_for_its_next_tick_and_the_schedulers_are_woken(bench: FrontendBench) -> None:
    created = await bench.periodic.create("", structs.replace(USUAL, rhythm=Rhythm(cron=" 0  * * * * ")))
    assert created.warnings == []
    assert created.schedule.definition.rhythm == Rhythm(cron="0 * * * *")
    assert created.schedule.next_tick_us == EPOCH_US + 60 * MINUTE
    await asyncio.sleep(0.01)
    assert bench.said[Topic.PERIODIC] == [b""]
    view = await bench.periodic.get("", "mail.digest")
    assert (view.schedule, view.ticks) == (created.schedule, [])


@on_bench
async def test_a_schedule_for_a_lambda_that_nobody_serves_is_made_with_a_warning(bench: FrontendBench) -> None:
    created = await bench.periodic.create("", structs.replace(USUAL, lambda_name="mail.later"))
    assert created.warnings == ["mail.later: no worker has registered it; its tasks are held until one does"]


@on_bench
async def test_what_is_wrong_is_refused_and_nothing_is_made(bench: FrontendBench) -> None:
    for fields, words in (
        ({"name": "Mail Digest"}, "name: 'Mail Digest' is not the name"),
        ({"lambda_name": "digest"}, "lambda: 'digest' has no dot"),
        ({"rhythm": Rhythm(cron="0 0 30 2 *")}, "never due"),
        ({"rhythm": Rhythm(cron="@reboot")}, "1 fields and not five"),
        ({"rhythm": Rhythm(interval_us=1)}, "every: 1e-06 s are outside"),
        ({"payload": b"[1]"}, "payload: must be one JSON object"),
        ({"payload": b'{"a": NaN}'}, "payload: is not JSON"),
        ({"payload": b'{"a":"' + b"x" * 300_000 + b'"}'}, "payload: has 300008 bytes"),
    ):
        with pytest.raises(InvalidInput) as refused:
            await create(bench, **fields)
        assert words in str(refused.value)
    assert bench.cluster.schedules == {}
    assert len(bench.cluster.lambdas) == 1


@on_bench
async def test_the_same_again_is_the_one_that_stands_and_another_is_a_conflict(bench: FrontendBench) -> None:
    first = await create(bench)
    assert await create(bench) == first
    with pytest.raises(Conflict, match="other content; delete it first"):
        await create(bench, payload=b'{"a":1}')


@on_bench
async def test_a_name_that_nobody_made_is_not_found_by_any_call(bench: FrontendBench) -> None:
    await create(bench)
    desk = bench.periodic
    for call in (
        desk.get("", "other"),
        desk.delete("", "other"),
        desk.pause("", "other"),
        desk.resume("", "other"),
        desk.next_ticks("", "other", 1),
        desk.backfill("", "other", EPOCH_US - MINUTE, EPOCH_US),
        desk.get("elsewhere", "mail.digest"),
        desk.delete("elsewhere", "mail.digest"),
    ):
        with pytest.raises(NotFound, match="penstock periodic list"):
            await call
    with pytest.raises(InvalidInput, match="'Not A Name'"):
        await desk.pause("", "Not A Name")
    assert "elsewhere" not in bench.cluster.namespaces


@on_bench
async def test_a_list_goes_page_by_page(bench: FrontendBench) -> None:
    for number in range(5):
        await create(bench, name=f"s{number}")
    names: list[str] = []
    token = ""
    while True:
        page = await bench.periodic.list_schedules(ScheduleList("", page_size=2, page_token=token))
        names += [schedule.definition.name for schedule in page.schedules]
        token = page.next_page_token
        if not token:
            break
    assert names == [f"s{number}" for number in range(5)]
    of_none = await bench.periodic.list_schedules(ScheduleList("", "mail.nobody"))
    assert of_none.schedules == []
    assert len(bench.cluster.lambdas) == 1, "looking makes no lambda"


@on_bench
async def test_a_page_token_is_good_for_its_own_list_only(bench: FrontendBench) -> None:
    for number in range(3):
        await create(bench, name=f"s{number}")
    token = (await bench.periodic.list_schedules(ScheduleList("", page_size=1))).next_page_token
    for call in (
        ScheduleList("", "mail.send", page_token=token),
        ScheduleList("elsewhere", page_token=token),
        ScheduleList("", page_token=token[:-4] + "AAAA"),
        ScheduleList("", page_token="ä"),
        ScheduleList("", page_token="xx"),
    ):
        with pytest.raises(InvalidInput, match="page_token: is not one that this list gave"):
            await bench.periodic.list_schedules(call)
    for size in (-1, 1_001):
        with pytest.raises(LimitExceeded, match="page_size"):
            await bench.periodic.list_schedules(ScheduleList("", page_size=size))


@on_bench
async def test_ticks_of_a_pause_make_no_tasks_when_it_ends(bench: FrontendBench) -> None:
    made = await create(bench)
    assert (await bench.periodic.pause("", "mail.digest")).paused
    assert (await bench.periodic.pause("", "mail.digest")).paused
    bench.time.jump(5 * 3600.0)
    await bench.store.clock.compare()
    resumed = await bench.periodic.resume("", "mail.digest")
    assert not resumed.paused
    assert resumed.next_tick_us == made.next_tick_us + 5 * 60 * MINUTE
    assert await bench.periodic.resume("", "mail.digest") == resumed


@on_bench
async def test_who_resumes_while_others_change_it_tries_again(bench: FrontendBench) -> None:
    await create(bench)
    await bench.periodic.pause("", "mail.digest")
    answers = await asyncio.gather(*(bench.periodic.resume("", "mail.digest") for _ in range(4)))
    assert len({answer.edition for answer in answers}) == 1


@on_bench
async def test_the_next_ticks_are_told(bench: FrontendBench) -> None:
    made = await create(bench, jitter_us=5 * MINUTE)
    ticks = await bench.periodic.next_ticks("", "mail.digest", 3)
    assert ticks == [made.next_tick_us + number * 60 * MINUTE for number in range(3)]
    await bench.periodic.pause("", "mail.digest")
    assert await bench.periodic.next_ticks("", "mail.digest", 1) == ticks[:1]
    for count in (0, -1, NEXT_TICKS_MAX + 1):
        with pytest.raises(LimitExceeded, match="count"):
            await bench.periodic.next_ticks("", "mail.digest", count)


@on_bench
async def test_a_backfill_makes_each_tick_of_its_range_once_at_low_priority(bench: FrontendBench) -> None:
    await create(bench, payload=b'{"day":1}', priority=Priority.HIGH)
    start, end = at_us("2025-10-26T00:00:00"), at_us("2025-10-26T06:00:00")  # UTC; in Berlin the clock is set back
    assert await bench.periodic.backfill("", "mail.digest", start, end) == Backfilled(6, 0)
    rows = sorted(bench.cluster.tasks.values(), key=lambda row: row.scheduled_at_us)
    assert [row.scheduled_at_us for row in rows] == [start + number * 60 * MINUTE for number in range(6)]
    assert {priority_of(row.lane) for row in rows} == {Priority.LOW}
    assert {bench.row(row.id).status for row in rows} == {Status.NEW}
    await asyncio.sleep(0.01)
    assert bench.said[Topic.DUE]
    again = await bench.periodic.backfill("", "mail.digest", start - 60 * MINUTE, end)
    assert again == Backfilled(1, 6)
    assert [tick.tick_us for tick in (await bench.periodic.get("", "mail.digest")).ticks][-1] == start - 60 * MINUTE


@on_bench
async def test_a_backfill_that_makes_no_sense_is_refused_and_makes_nothing(bench: FrontendBench) -> None:
    await create(bench)
    now_us = bench.store.clock.now_us()
    for start, end, words in (
        (now_us, now_us, "until: is not after from"),
        (now_us, now_us - 1, "until: is not after from"),
        (-1, now_us, "from: -1 is before 1970"),
        (now_us - MINUTE, now_us + 60 * S, "until: is in the future"),
        (now_us - 30 * MINUTE, now_us - MINUTE, "from: has no tick between it and until"),
        (now_us - (BACKFILL_TICKS_MAX + 1) * 60 * MINUTE, now_us, f"more than {BACKFILL_TICKS_MAX} ticks"),
    ):
        with pytest.raises(InvalidInput) as refused:
            await bench.periodic.backfill("", "mail.digest", start, end)
        assert words in str(refused.value)
    assert bench.cluster.tasks == {}


@on_bench
async def test_the_largest_backfill_goes_in_batches_and_can_be_repeated(bench: FrontendBench) -> None:
    await create(bench, rhythm=Rhythm(interval_us=MINUTE))
    now_us = bench.store.clock.now_us()
    start = now_us - BACKFILL_TICKS_MAX * MINUTE
    bench.trips.after["schedules.backfill"] = Unavailable("committed, and nobody knows")
    with pytest.raises(Unavailable):
        await bench.periodic.backfill("", "mail.digest", start, now_us)
    del bench.trips.after["schedules.backfill"]
    first = len(bench.cluster.tasks)
    assert 0 < first < BACKFILL_TICKS_MAX
    assert await bench.periodic.backfill("", "mail.digest", start, now_us) == Backfilled(
        BACKFILL_TICKS_MAX - first, first
    )
    assert len(bench.cluster.tasks) == BACKFILL_TICKS_MAX


@on_bench
async def test_what_an_app_declares_is_all_that_it_has(bench: FrontendBench) -> None:
    a, b = structs.replace(USUAL, name="a"), structs.replace(USUAL, name="b", lambda_name="mail.new")
    assert await bench.periodic.declare("", "mail", [a, b]) == []
    assert await bench.periodic.declare("", "mail", [b]) == ["a"]
    assert (await bench.periodic.get("", "a")).schedule.retired
    with pytest.raises(Conflict, match="declared by the code of app mail"):
        await create(bench, name="b")
    resumed = await bench.periodic.resume("", "a")
    assert not resumed.retired
    assert await bench.periodic.declare("", "mail", []) == ["a", "b"]


@on_bench
async def test_a_declaration_with_one_mistake_changes_nothing_and_names_it(bench: FrontendBench) -> None:
    good = structs.replace(USUAL, name="good")
    for app, definitions, words in (
        ("mail", [good, structs.replace(USUAL, name="bad", rhythm=Rhythm(cron="* * * *"))], "cron of schedule bad"),
        ("mail", [good, good], "schedules: name good twice"),
        ("Mail", [good], "app: 'Mail' is not a name"),
        ("mail", [good] * 10_001, "the limit is 10000"),
    ):
        with pytest.raises(InvalidInput) as refused:
            await bench.periodic.declare("", app, definitions)
        assert words in str(refused.value)
    assert bench.cluster.schedules == {}
