"""Lists and single tasks, as people see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from penstock.adapters.postgres import PostgresStore, migrate
from penstock.model.changes import Finish, Move
from penstock.model.lane import Priority, lane_of
from penstock.model.lifecycle import Event, Status
from penstock.model.task import NewTask
from penstock.model.work import Beat
from penstock.ports.due_work import ALL_BUCKETS
from penstock.ports.search import TaskFilter
from tests.contracts.postgres_store import CLOCK_TABLE, SECOND_US, Bench, open_bench, sql_connection

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from penstock.model.identity import TaskId


@pytest.fixture
async def bench(postgres_dsn: str) -> AsyncIterator[Bench]:
    await migrate(postgres_dsn)
    sql = await sql_connection(postgres_dsn)
    await sql.execute(CLOCK_TABLE)
    async with PostgresStore.connect(postgres_dsn) as store:
        yield await open_bench(store, sql)
    await sql.close()


@pytest.fixture
async def tasks(bench: Bench) -> dict[str, TaskId]:
    """Seven tasks, a second apart, by what became of them."""
    found = {}
    for name in ("success", "dead", "fatal", "cancelled", "processing", "enqueued", "sleeping"):
        await bench.move_clock(1)
        options = {"delay_us": 9 * SECOND_US} if name == "sleeping" else {}
        (found[name],) = await bench.schedule(collection="c" if "d" in name else "", **options)
    await bench.run([found["success"]])
    for name, event, status in (
        ("dead", Event.EXHAUSTED, Status.DEAD),
        ("fatal", Event.FAILED_FATALLY, Status.FATAL_FAILURE),
        ("processing", Event.START, None),
    ):
        (claimed,) = await bench.claim([found[name]])
        if status:
            finish = Finish(found[name], event, status, claimed.claim)
            assert await bench.store.transitions.apply([finish]) == [True]
    cancel = Finish(found["cancelled"], Event.CANCEL_REQUEST, Status.CANCELLED, None)
    assert await bench.store.transitions.apply([cancel]) == [True]
    # Another lambda of the namespace, and another namespace: neither belongs into any of these lists.
    other = (await bench.store.registry.resolve(bench.namespace_id, ["mail.other"]))["mail.other"]
    await bench.admit(NewTask((await bench.ids(1))[0], lane_of(other.id, Priority.LOW), b"x", collection="other"))
    await bench.sql.execute("insert into penstock.namespace (name) values ('elsewhere')")
    return found


async def names(bench: Bench, tasks: dict[str, TaskId], limit: int = 100, **wanted: Any) -> list[str]:
    wanted = {"lambda_name": "mail.send", **wanted}
    found = await bench.store.search.tasks(TaskFilter(bench.namespace_id, **wanted), None, limit)
    by_id = {task_id: name for name, task_id in tasks.items()}
    return [by_id.get(view.id, "other") for view in found]


NEWEST_FIRST = ["sleeping", "enqueued", "processing", "cancelled", "fatal", "dead", "success"]


async def test_everything_newest_first(bench: Bench, tasks: dict[str, TaskId]) -> None:
    assert await names(bench, tasks) == NEWEST_FIRST
    assert await names(bench, tasks, lambda_name="") == ["other", *NEWEST_FIRST]
    assert await names(bench, tasks, limit=2) == NEWEST_FIRST[:2]
    assert await names(bench, tasks, lambda_name="mail.nobody") == []


@pytest.mark.parametrize("lambda_name", ["mail.send", ""])
async def test_by_status(bench: Bench, tasks: dict[str, TaskId], lambda_name: str) -> None:
    async def of(*statuses: Status) -> list[str]:
        return await names(bench, tasks, statuses=statuses, lambda_name=lambda_name, collection="")

    assert await of(Status.DEAD) == ["dead"]
    assert await of(Status.SUCCESS) == ["success"]
    assert await of(Status.CLAIMED) == ["processing"]
    assert await of(Status.DEAD, Status.CANCELLED, Status.CLAIMED) == ["processing", "cancelled", "dead"]
    assert await of(Status.SUCCESS, Status.FATAL_FAILURE) == ["fatal", "success"]


@pytest.mark.parametrize("lambda_name", ["mail.send", ""])
async def test_by_collection(bench: Bench, tasks: dict[str, TaskId], lambda_name: str) -> None:
    everything = await names(bench, tasks, collection="c", lambda_name=lambda_name)
    assert everything == ["enqueued", "cancelled", "dead"]
    dead = await names(bench, tasks, collection="c", statuses=(Status.DEAD,), lambda_name=lambda_name)
    assert dead == ["dead"]


async def test_by_time_of_creation(bench: Bench, tasks: dict[str, TaskId]) -> None:
    from penstock.model.identity import created_at_us

    start, end = created_at_us(tasks["dead"]), created_at_us(tasks["cancelled"])
    assert await names(bench, tasks, from_us=start, until_us=end) == ["fatal", "dead"]
    assert await names(bench, tasks, from_us=end, until_us=start) == []


async def test_pages_meet_without_gap_or_overlap(bench: Bench, tasks: dict[str, TaskId]) -> None:
    wanted, before, seen = TaskFilter(bench.namespace_id, "mail.send"), None, []
    while page := await bench.store.search.tasks(wanted, before, 3):
        seen += [view.id for view in page]
        before = page[-1].id
    assert seen == [tasks[name] for name in NEWEST_FIRST]


async def test_a_running_task_is_shown_with_who_runs_it_and_since_when(bench: Bench) -> None:
    async def shown() -> tuple[str, int]:
        view = await bench.store.search.task(bench.namespace_id, task_id, with_payload=False, with_history=False)
        assert view is not None
        return view.executor, view.started_at_us

    async def beat(claim: int, run_s: int) -> None:
        told = Beat(task_id, claim, run_s > 0, run_s * SECOND_US, f"host/{claim}")
        assert not (await bench.store.transitions.heartbeat([told], 30.0)).refused

    [task_id] = await bench.schedule()
    await bench.claim([task_id])
    await beat(1, 0)
    assert await shown() == ("", 0), "it waits there"
    first = ("host/1", await bench.now_us() - 3 * SECOND_US)
    await beat(1, 3)
    assert await shown() == first
    await bench.move_clock(5)
    await beat(1, 9)
    await beat(1, 0)
    assert await shown() == first, "what was told first stands"

    await bench.store.transitions.apply([Move(task_id, Event.RELEASE, Status.NEW, 1)])
    assert await shown() == ("", 0)
    await bench.store.due_work.enqueue_due({bench.lane: 1}, ALL_BUCKETS, 5)
    await bench.claim([task_id])
    await beat(2, 0)
    assert await shown() == ("", 0), "what stands there is of an earlier claim"
    await beat(2, 1)
    assert await shown() == ("host/2", await bench.now_us() - SECOND_US)


async def test_one_task(bench: Bench, tasks: dict[str, TaskId]) -> None:
    view = await bench.store.search.task(bench.namespace_id, tasks["dead"], with_payload=False, with_history=True)
    assert view is not None
    assert (view.lambda_name, view.namespace, view.priority) == ("mail.send", "default", Priority.NORMAL)
    assert (view.status, view.collection, view.payload) == (Status.DEAD, "c", None)
    assert view.trigger is None
    assert view.outcome is not None
    assert await bench.store.search.task(bench.namespace_id + 1, tasks["dead"], False, False) is None


async def test_by_attributes(bench: Bench) -> None:
    seven, both = (("customer", "7"),), (("customer", "7"), ("region", "eu"))
    await bench.schedule(3)
    with_seven = await bench.schedule(3, attributes=seven)
    with_both = await bench.schedule(2, attributes=both, collection="letters")
    await bench.run(with_seven[:1])
    (claimed,) = await bench.claim(with_seven[1:2])
    await bench.store.transitions.apply([Finish(claimed.id, Event.FAILED_FATALLY, Status.FATAL_FAILURE, claimed.claim)])
    every = sorted([*with_seven, *with_both], reverse=True)

    async def found(limit: int = 10, before: TaskId | None = None, **fields: Any) -> list[TaskId]:
        wanted = TaskFilter(bench.namespace_id, **({"attributes": seven} | fields))
        return [view.id for view in await bench.store.search.tasks(wanted, before, limit)]

    assert await found() == every
    assert await found(limit=2) == every[:2]
    assert await found(limit=10, before=every[1]) == every[2:]
    assert await found(lambda_name="mail.send") == every
    assert await found(lambda_name="mail.nobody") == []
    assert await found(attributes=both) == sorted(with_both, reverse=True)
    assert await found(attributes=(("customer", "8"),)) == []
    assert await found(collection="letters") == sorted(with_both, reverse=True)
    assert await found(statuses=(Status.SUCCESS, Status.FATAL_FAILURE)) == sorted(with_seven[:2], reverse=True)
    assert await found(until_us=1) == []
    view = await bench.store.search.task(bench.namespace_id, with_both[0], with_payload=False, with_history=False)
    assert view is not None
    assert view.attributes == both
    elsewhere = await bench.store.registry.namespace("elsewhere")
    assert await bench.store.search.tasks(TaskFilter(elsewhere, attributes=seven), None, 10) == []


async def test_an_index_holds_tasks_with_attributes_and_no_others(bench: Bench) -> None:
    index = "select indexrelid from pg_index where indrelid = any (array(select tableoid from penstock.task)::oid[])"
    gin = f"{index} and pg_get_indexdef(indexrelid) like '% gin %'"
    await bench.schedule(500)
    [[oid]] = await bench.sql.fetch(gin)
    before = await bench.sql.fetchval("select pg_relation_size($1::oid)", oid)
    await bench.sql.execute("vacuum analyze penstock.task")
    assert await bench.sql.fetchval("select pg_relation_size($1::oid)", oid) == before, "it grew by what has none"
    await bench.schedule(3, attributes=(("customer", "7"),))
    await bench.sql.execute("set enable_seqscan = off")
    where = """attributes @> '{"customer": "7"}' and attributes is not null"""
    lines = await bench.sql.fetch(f"explain select id from penstock.task where {where}")
    assert any("Bitmap Index Scan" in row[0] and "attributes" in row[0] for row in lines), lines
