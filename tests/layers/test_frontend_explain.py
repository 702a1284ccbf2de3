"""Why nothing runs, at the door: the facts of a task are gathered from where they are."""

import asyncio
from typing import Any

import pytest

from penstock.frontend.calls import GateCall
from penstock.frontend.quota_calls import QuotaCall
from penstock.model.attendance import Attendance
from penstock.model.errors import InvalidInput, NotFound
from penstock.model.explanation import Why
from penstock.model.identity import TaskId
from penstock.model.lane import Priority, lambda_of, priority_of
from penstock.model.lifecycle import GateState
from penstock.model.quota import QuotaKind
from penstock.model.task import TaskView
from penstock.model.token_bucket import Draw, Limit
from tests.layers.frontend_bench import FrontendBench, on_bench

MINUTE_US = 60_000_000
READY = Attendance(ready=1, credit=3)


async def shown(bench: FrontendBench, **options: Any) -> TaskId:
    """A new task, which the search finds."""
    name = options.get("name", "mail.send")
    [task_id] = (await bench.schedule(b"{}", **options)).ids
    row, task = bench.cluster.read(task_id), bench.cluster.tasks[task_id]
    view = TaskView(
        task_id,
        "default",
        name,
        lambda_of(row.lane),
        priority_of(row.lane),
        task.collection,
        row.status,
        task.scheduled_at_us,
        trigger=row,
    )
    bench.search.views.append(view)
    return task_id


@on_bench
async def test_a_task_is_told_from_all_that_is_known_of_it(bench: FrontendBench) -> None:
    bench.attendance.there, bench.attendance.per_s = READY, 2.0
    bench.window.size = 0
    for _ in range(3):
        await shown(bench)
        await asyncio.sleep(0.01)
    last = await shown(bench)
    explained = await bench.explain.task("", last)
    assert explained.explanation.code is Why.BEHIND
    assert (explained.facts.older, explained.facts.drain_per_s, explained.facts.periodic) == (3, 2.0, "")
    assert explained.facts.policy == (await bench.book.resolve(1, ["mail.send"]))["mail.send"].policy
    bench.attendance.there = None
    assert (await bench.explain.task("", last)).explanation.code is Why.NOT_KNOWN


@on_bench
async def test_a_gate_on_the_collection_counts_for_its_tasks_only(bench: FrontendBench) -> None:
    await bench.gates.order(GateCall("", "mail.send", GateState.PAUSE, "letters"))
    held, free = await shown(bench, collection="letters"), await shown(bench)
    explained = await bench.explain.task("", held)
    assert explained.explanation.code is Why.GATE
    assert explained.facts.gate is not None
    assert explained.facts.gate.held == 1
    assert (await bench.explain.task("", free)).explanation.code is Why.NO_WORKER


@on_bench
async def test_what_no_worker_has_registered_is_held_for_that(bench: FrontendBench) -> None:
    task_id = await shown(bench, name="mail.later")
    assert (await bench.explain.task("", task_id)).explanation.code is Why.REGISTRATION
    assert (await bench.explain.lane("", "mail.later")).explanation.code is Why.REGISTRATION


@on_bench
async def test_for_what_is_due_later_nothing_is_counted(bench: FrontendBench) -> None:
    await shown(bench)
    task_id = await shown(bench, delay_us=[MINUTE_US])
    explained = await bench.explain.task("", task_id)
    assert (explained.explanation.code, explained.facts.older) == (Why.LATER, 0)


@on_bench
async def test_a_lane_is_told_alone_or_with_the_others_of_its_lambda(bench: FrontendBench) -> None:
    await shown(bench, priority=Priority.HIGH)
    await shown(bench)
    whole = await bench.explain.lane("", "mail.send")
    assert whole.explanation.code is Why.NO_WORKER
    assert [each.count.waiting for each in whole.lanes] == [1, 1, 0]
    low = await bench.explain.lane("", "mail.send", Priority.LOW)
    assert low.explanation.code is Why.IDLE
    assert [priority_of(each.count.lane) for each in low.lanes] == [Priority.LOW]
    bench.attendance.there = READY
    assert (await bench.explain.lane("", "mail.send")).explanation.code is Why.NEXT


@on_bench
async def test_empty_lanes_are_left_out_and_pages_go_on_behind_them(bench: FrontendBench) -> None:
    for name in ("mail.a", "mail.b", "mail.c"):
        await shown(bench, name=name)
    seen, after = [], ""
    while True:
        page = await bench.explain.lanes("", after=after, limit=1)
        seen += [each.count.lambda_name for each in page.lanes]
        assert page.whole
        after = page.next_after
        if not after:
            break
    assert seen == ["mail.a", "mail.b", "mail.c"], "mail.send has nothing"
    assert (await bench.explain.lanes("", "mail.send")).lanes == []
    assert [each.count.due + each.count.enqueued for each in (await bench.explain.lanes("")).lanes] == [0, 0, 0]
    assert [dict(each.count.held) for each in (await bench.explain.lanes("")).lanes] == [{"registration": 1}] * 3


@on_bench
async def test_who_asks_makes_nothing(bench: FrontendBench) -> None:
    before = len(await bench.store.registry.all())
    for ask in (
        bench.explain.task("elsewhere", TaskId(bytes(16))),
        bench.explain.task("", TaskId(bytes(16))),
        bench.explain.lane("elsewhere", "mail.send"),
        bench.explain.lane("", "mail.nobodys"),
    ):
        with pytest.raises(NotFound):
            await ask
    assert (await bench.explain.lanes("elsewhere")).lanes == []
    assert len(await bench.store.registry.all()) == before
    assert await bench.store.registry.find_namespace("elsewhere") is None


@pytest.mark.parametrize(
    ("field", "call"),
    [
        ("lambda", {"lambda_name": "mail"}),
        ("lambda", {"lambda_name": "../x.y"}),
        ("after_lambda", {"after": "mail.send email"}),
        ("limit", {"limit": -1}),
        ("limit", {"limit": 1_001}),
    ],
)
def test_a_wrong_page_names_its_field(field: str, call: dict[str, Any]) -> None:
    @on_bench
    async def refused(bench: FrontendBench) -> None:
        with pytest.raises(InvalidInput) as caught:
            await bench.explain.lanes("", **call)
        assert caught.value.field == field

    refused()


@pytest.mark.parametrize(("name", "priority", "field"), [("mail", 0, "lambda"), ("mail.send", 4, "priority")])
def test_a_wrong_lane_names_its_field(name: str, priority: int, field: str) -> None:
    @on_bench
    async def refused(bench: FrontendBench) -> None:
        with pytest.raises(InvalidInput) as caught:
            await bench.explain.lane("", name, priority)
        assert caught.value.field == field

    refused()


@on_bench
async def test_a_lane_that_starts_all_its_quota_allows_is_over_quota(bench: FrontendBench) -> None:
    task_id = await shown(bench)
    await bench.quotas.order(
        QuotaCall("", "mail.send", QuotaKind.START, priority=2, amount=0.5, who="ada", reason="a slow partner")
    )
    bench.attendance.there = READY
    assert (await bench.explain.task("", task_id)).explanation.code is Why.NEXT, "it keeps nobody waiting"
    lambda_id = bench.cluster.lambda_ids[1, "mail.send"]
    draw = Draw(Limit((lambda_id, QuotaKind.START, 2), 0.5, 1), 1, 2)
    await bench.store.quotas.draw([draw])
    explanation = (await bench.explain.task("", task_id)).explanation
    assert explanation.code is Why.OVER_QUOTA
    assert "the normal lane of mail.send starts at most 0.5 tasks a second, as ada has set" in explanation.sentence
    assert explanation.sentence.endswith(": a slow partner.")
    assert explanation.remedy == "`penstock quota set mail.send start AMOUNT --priority normal` changes it."
    assert (await bench.explain.lane("", "mail.send", 2)).explanation.code is Why.OVER_QUOTA
    assert (await bench.explain.lane("", "mail.send", 3)).explanation.code is Why.IDLE
    bench.attendance.there = Attendance()
    assert (await bench.explain.task("", task_id)).explanation.code is Why.NO_WORKER, "that comes first"
    bench.attendance.there = READY
    await asyncio.sleep(7)
    assert (await bench.explain.task("", task_id)).explanation.code is not Why.OVER_QUOTA
