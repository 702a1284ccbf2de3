import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
import pytest

from penstock import App, Conflict, InvalidInput, NotPossible, PenstockError, Unavailable, current_task
from penstock.model.identity import TaskId, parse_id, text_of
from penstock.model.lane import Priority
from penstock.model.running import RUNNING, RunningTask
from penstock.wire.v1 import penstock_pb2 as pb
from tests.layers.sdk_fixtures import Time, app_fixture, frontend_fixture, time_fixture  # noqa: F401 - found by name
from tests.layers.sdk_frontend import FakeFrontend, lose_answer, refuse


async def test_a_task_carries_the_bound_names_and_leaves_defaults_out(app: App, frontend: FakeFrontend) -> None:
    @app.task
    async def send_email(to: str, template: str, copies: int = 1) -> None: ...

    handle = await send_email.schedule("ada@example.org", template="reset")

    (group,) = frontend.groups()
    assert getattr(group, "lambda") == "mail.send_email"
    assert json.loads(group.payloads[0]) == {"to": "ada@example.org", "template": "reset"}
    assert (len(group.keys), len(group.due_at_us), len(group.delay_us), group.parent_id) == (0, 0, 0, b"")
    assert parse_id(handle.id) in frontend.tasks
    assert not handle.existed


async def test_options_reach_the_wire(app: App, frontend: FakeFrontend) -> None:
    @app.task
    def digest(day: int) -> None: ...

    at = datetime(2031, 5, 6, 7, 8, 9, 123456, tzinfo=UTC)
    await digest.options(at=at, priority="high", collection="news", key="k", key_life=timedelta(hours=1)).schedule(1)
    await digest.options(delay=1.5, priority=Priority.LOW).schedule(2)

    first, second = frontend.groups()
    assert list(first.due_at_us) == [1_935_817_689_123_456]
    assert (first.priority, first.collection, list(first.keys), first.key_life_s) == (
        pb.PRIORITY_HIGH,
        "news",
        ["k"],
        3600,
    )
    assert list(second.delay_us) == [1_500_000]
    assert second.priority == pb.PRIORITY_LOW


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"delay": 1, "at": datetime.now(UTC)}, "delay"),
        ({"delay": -1}, "delay"),
        ({"delay": float("nan")}, "delay"),
        ({"delay": timedelta(days=400)}, "delay"),
        ({"delay": "soon"}, "delay"),
        ({"delay": True}, "delay"),
        ({"at": datetime(2030, 1, 1)}, "at"),  # noqa: DTZ001 - that is the point
        ({"at": datetime(1, 1, 1, tzinfo=UTC)}, "at"),
        ({"priority": "urgent"}, "priority"),
        ({"key": ""}, "key"),
        ({"key": "x" * 1025}, "key"),
        ({"key_life": 60}, "key_life"),
        ({"key": "k", "key_life": 0.2}, "key_life"),
        ({"collection": "x" * 257}, "collection"),
        ({"collection": 5}, "collection"),
        ({"key": 5}, "key"),
        ({"key": b"k"}, "key"),
        ({"key": 0}, "key"),
    ],
)
def test_wrong_options_are_refused_where_they_are_written(app: App, options: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        app.lambda_("billing.charge").options(**options)  # type: ignore[arg-type]
    assert caught.value.field == field


async def test_a_refused_option_has_the_name_that_was_written(app: App, frontend: FakeFrontend) -> None:
    far = app.lambda_("billing.charge").options(at=datetime(9999, 1, 1, tzinfo=UTC))
    frontend.before = [refuse(grpc.StatusCode.INVALID_ARGUMENT, "due_at_us: is 9 days ahead; the limit is 8 days")]
    with pytest.raises(InvalidInput, match=r"^at: is 9 days ahead; the limit is 8 days$") as caught:
        await far.schedule()
    assert caught.value.field == "at"
    frontend.problems[b"{}"] = pb.ScheduleProblem(code="invalid", message="due_at_us: is 9 days ahead")
    with pytest.raises(InvalidInput, match=r"^at: is 9 days ahead$"):
        await far.schedule()


async def test_by_name_only_named_arguments(app: App, frontend: FakeFrontend) -> None:
    await app.lambda_("billing.charge").schedule(order=17)
    assert json.loads(frontend.groups()[0].payloads[0]) == {"order": 17}
    with pytest.raises(TypeError, match=r"billing\.charge\(\) .* by name"):
        await app.lambda_("billing.charge").schedule(17)
    with pytest.raises(InvalidInput, match="has no dot"):
        app.lambda_("charge")
    for no_name in (5, None, b"billing.charge"):
        with pytest.raises(InvalidInput, match="is not text"):
            app.lambda_(no_name)  # type: ignore[arg-type]
        with pytest.raises(InvalidInput, match="is not text"):
            App(no_name)  # type: ignore[arg-type]


async def test_a_task_made_by_a_task_names_its_parent(app: App, frontend: FakeFrontend) -> None:
    parent = TaskId(bytes(range(16)))
    token = RUNNING.set(RunningTask(parent, "mail.a", 1, 1, 0, "", Priority.NORMAL))
    try:
        await app.lambda_("mail.child").schedule()
    finally:
        RUNNING.reset(token)
    assert frontend.groups()[0].parent_id == parent


def test_a_lambda_sees_its_task_as_a_handle_shows_it(app: App) -> None:
    with pytest.raises(NotPossible, match="no task runs here"):
        current_task()
    running = RunningTask(TaskId(bytes(range(16))), "mail.a", 1, 3, 5, "news", Priority.LOW)
    token = RUNNING.set(running)
    try:
        task = current_task()
    finally:
        RUNNING.reset(token)
    assert task.id == app.handle(task.id).id == text_of(running.id)
    assert (task.lambda_name, task.attempt, task.claim, task.scheduled_at_us) == ("mail.a", 1, 3, 5)
    assert (task.collection, f"{task.priority}") == ("news", "low")
    before, running.cancelled = task.cancelled, True
    assert (before, task.cancelled) == (False, True), "it is looked at again and again"
    assert repr(task) == f"<CurrentTask {task.id} of mail.a, claim 3>"


async def test_a_lost_answer_makes_no_second_task(app: App, frontend: FakeFrontend, time: Time) -> None:
    frontend.after = [lose_answer, lose_answer]

    handle = await app.lambda_("billing.charge").schedule(order=1)

    tokens = {request.request_token for request in frontend.schedules}
    assert len(frontend.schedules) == 3
    assert len(tokens) == 1
    assert len(tokens.pop()) >= 16
    assert list(frontend.tasks) == [parse_id(handle.id)]
    assert time.waits == [0.05, 0.1]


async def test_each_request_has_a_token_of_its_own(app: App, frontend: FakeFrontend) -> None:
    await app.lambda_("billing.charge").schedule(order=1)
    await app.lambda_("billing.charge").schedule(order=1)
    assert len({request.request_token for request in frontend.schedules}) == 2
    assert len(frontend.tasks) == 2


async def test_no_server_is_told_with_the_address_and_what_to_do(frontend: FakeFrontend, time: Time) -> None:
    frontend.stop()
    app = App("mail", address=frontend.address, timeout=5)
    app._connection._surroundings = time.surroundings()
    with pytest.raises(Unavailable, match=rf"{frontend.address} \(from App\(address=\)\) within 5 s.*penstock dev"):
        await app.lambda_("billing.charge").schedule()
    assert sum(time.waits) <= 5
    app.close()


@pytest.mark.parametrize(
    ("status", "text", "kind"),
    [
        (grpc.StatusCode.INVALID_ARGUMENT, "groups[0].lambda: is wrong", InvalidInput),
        (grpc.StatusCode.FAILED_PRECONDITION, "not now", NotPossible),
        (grpc.StatusCode.INTERNAL, "an error of the server's own", PenstockError),
        (grpc.StatusCode.UNIMPLEMENTED, "an older server", PenstockError),
    ],
)
async def test_refusals_keep_the_servers_words_and_no_traces_of_grpc(
    app: App, frontend: FakeFrontend, status: grpc.StatusCode, text: str, kind: type[PenstockError]
) -> None:
    frontend.before = [refuse(status, text)]
    with pytest.raises(kind, match=text.replace("[", r"\[")) as caught:
        await app.lambda_("billing.charge").schedule()
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert len(frontend.schedules) == 1


async def test_a_key_answers_the_first_task_or_a_conflict(app: App, frontend: FakeFrontend) -> None:
    charge = app.lambda_("billing.charge").options(key="order-1")
    first = await charge.schedule(order=1)
    again = await charge.schedule(order=1)
    assert again == first
    assert again.existed

    frontend.problems[b'{"order":2}'] = pb.ScheduleProblem(
        code="conflict", message="other content", task_id=parse_id(first.id)
    )
    with pytest.raises(Conflict, match="other content") as caught:
        await charge.schedule(order=2)
    assert text_of(TaskId(caught.value.first)) == first.id


async def test_a_lone_call_goes_at_once_and_calls_that_wait_share_one_request(app: App, frontend: FakeFrontend) -> None:
    frontend.open.clear()
    charge = app.lambda_("billing.charge")
    calls = [asyncio.create_task(charge.schedule(order=at)) for at in range(100)]
    await asyncio.to_thread(frontend.wait_for, lambda: len(frontend.schedules) == 4)
    frontend.open.set()
    handles = await asyncio.gather(*calls)

    sizes = sorted(len(request.groups[0].payloads) for request in frontend.schedules)
    assert sizes == [1, 1, 1, 1, 96]
    for at, handle in enumerate(handles):
        assert json.loads(frontend.payloads[parse_id(handle.id)]) == {"order": at}


async def test_a_shared_request_keeps_options_apart_and_answers_in_place(app: App, frontend: FakeFrontend) -> None:
    frontend.open.clear()
    plain, keyed = app.lambda_("billing.charge"), app.lambda_("billing.refund")
    calls = [asyncio.create_task(plain.schedule(warm=at)) for at in range(4)]
    for at in range(12):
        lambdas = [plain, keyed.options(key=f"k{at}"), keyed.options(delay=at + 1), keyed.options(priority="low")]
        calls.append(asyncio.create_task(lambdas[at % 4].schedule(order=at)))
    await asyncio.to_thread(frontend.wait_for, lambda: len(frontend.schedules) == 4)
    frontend.open.set()
    handles = await asyncio.gather(*calls)

    (shared,) = [request for request in frontend.schedules if len(request.groups) > 1]
    assert len(shared.groups) == 4
    by_delay = next(group for group in shared.groups if group.delay_us)
    assert list(by_delay.delay_us) == [3_000_000, 7_000_000, 11_000_000]
    for at, handle in enumerate(handles[4:]):
        assert json.loads(frontend.payloads[parse_id(handle.id)]) == {"order": at}


async def test_one_refused_call_does_not_refuse_its_neighbours(app: App, frontend: FakeFrontend) -> None:
    frontend.refused_lambdas["billing.bad"] = "lambda: is refused"
    frontend.open.clear()
    names = ["billing.charge"] * 8
    names[6] = "billing.bad"
    calls = [asyncio.create_task(app.lambda_(name).schedule(order=at)) for at, name in enumerate(names)]
    await asyncio.to_thread(frontend.wait_for, lambda: len(frontend.schedules) == 4)
    frontend.open.set()
    outcomes = await asyncio.gather(*calls, return_exceptions=True)

    refused = [at for at, outcome in enumerate(outcomes) if isinstance(outcome, Exception)]
    assert refused == [6]
    assert isinstance(outcomes[6], InvalidInput)
    assert len(frontend.tasks) == 7


async def test_a_caller_that_gave_up_before_its_turn_schedules_nothing(app: App, frontend: FakeFrontend) -> None:
    frontend.open.clear()
    charge = app.lambda_("billing.charge")
    calls = [asyncio.create_task(charge.schedule(order=at)) for at in range(6)]
    await asyncio.to_thread(frontend.wait_for, lambda: len(frontend.schedules) == 4)
    calls[4].cancel()
    await asyncio.wait([calls[4]])
    frontend.open.set()
    await asyncio.gather(*calls[:4], calls[5])
    assert sorted(json.loads(payload)["order"] for payload in frontend.payloads.values()) == [0, 1, 2, 3, 5]


async def test_warnings_of_the_server_are_logged_once(
    app: App, frontend: FakeFrontend, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = frontend._store

    def with_warning(request: pb.ScheduleRequest) -> pb.ScheduleReply:
        reply = store(request)
        reply.warnings.append("no worker has registered billing.charge: its tasks are held")
        return reply

    monkeypatch.setattr(frontend, "_store", with_warning)
    for at in range(3):
        await app.lambda_("billing.charge").schedule(order=at)
    assert [record.message for record in caplog.records if "registered" in record.message] == [
        "no worker has registered billing.charge: its tasks are held"
    ]


async def test_attributes_travel_with_the_group_of_tasks_that_share_them(app: App, frontend: FakeFrontend) -> None:
    send = app.lambda_("billing.charge")
    seven, eight = send.options(attributes={"customer": "7"}), send.options(attributes={"customer": "8"})
    await app.schedule_many([seven.call(order=1), eight.call(order=2), seven.call(order=3), send.call(order=4)])
    groups = [group for request in frontend.schedules for group in request.groups]
    told = sorted((dict(group.attributes).get("customer", ""), len(group.payloads)) for group in groups)
    assert told == [("", 1), ("7", 2), ("8", 1)]


@pytest.mark.parametrize(
    ("attributes", "place"),
    [
        ({"Customer": "7"}, "attributes: 'Customer' is not a name"),
        ({"": "7"}, "attributes: '' is not a name"),
        ({7: "7"}, "attributes: 7 is not a name"),
        ({"a" * 65: "7"}, "attributes: 'aaa"),
        ({"customer": 7}, "attributes.customer: 7 is not text"),
        ({"customer": ""}, "attributes.customer: is empty"),
        ({"customer": "x" * 257}, "attributes.customer: has 257 bytes; the limit is 256"),
        ({"customer": "a\x00b"}, "attributes.customer: holds a NUL"),
        ({f"a{n}": "x" for n in range(9)}, "attributes: are 9; a task has 8 at most"),
        ([("customer", "7")], "attributes: .* is no mapping"),
    ],
    ids=str,
)
def test_attributes_that_nobody_could_find(app: App, attributes: Any, place: str) -> None:
    with pytest.raises(InvalidInput, match=f"^{place}"):
        app.lambda_("billing.charge").options(attributes=attributes)
