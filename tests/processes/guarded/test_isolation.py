"""Every call of the wire: who is for one namespace is answered nothing of another, and changes nothing there."""

from __future__ import annotations

import json
import queue
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import grpc
import pytest

from penstock.server.access import TABLE
from penstock.wire.v1 import penstock_pb2 as pb
from tests.processes.guarded.platform import PATIENCE_S, Caller, GuardedPlatform

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CANARY = "greencanary"
LAMBDA = "shop.pack"
ENDPOINT = "shop.hook"
NIGHTLY = "nightly"
STREAM = "files"
SUBSCRIPTION = "shop.listen"
SUBSCRIBED = "deliveries"
"""its own: only green has it"""
SUBJECT = "orders-value"
HOUR_US = 3_600_000_000
GREENS_ROWS = """
select t::text from penstock.task t join penstock.namespace n on n.id = namespace_id where n.name = 'green'
-- What stands in its lane is published again now and then: when next, is no news.
union all select (to_jsonb(t) - case when t.status = 3 then 'trigger_at' else '' end)::text from penstock.trigger t
    join penstock.namespace n on n.id = namespace_id where n.name = 'green'
union all select t::text from penstock.outcome t join penstock.namespace n on n.id = namespace_id where n.name = 'green'
union all select t::text from penstock.lambda t join penstock.namespace n on n.id = namespace_id where n.name = 'green'
union all select t::text from penstock.idempotency_key t join penstock.namespace n on n.id = namespace_id
    where n.name = 'green'
union all select t::text from penstock.retry_link t
union all select t::text from penstock.endpoint t join penstock.lambda l on l.id = t.lambda_id
    join penstock.namespace n on n.id = l.namespace_id where n.name = 'green'
union all select t::text from penstock.sweep_order t join penstock.namespace n on n.id = namespace_id
    where n.name = 'green'
union all select t::text from penstock.periodic_schedule t join penstock.namespace n on n.id = namespace_id
    where n.name = 'green'
union all select t::text from penstock.gate t join penstock.lambda l on l.id = t.lambda_id
    join penstock.namespace n on n.id = l.namespace_id where n.name = 'green'
union all select t::text from penstock.stream t join penstock.namespace n on n.id = namespace_id where n.name = 'green'
union all select t::text from penstock.subject_head t join penstock.namespace n on n.id = namespace_id
    where n.name = 'green'
union all select t::text from penstock.event t join penstock.namespace n on n.id = namespace_id where n.name = 'green'
union all select t::text from penstock.schema_content t join penstock.namespace n on n.id = namespace_id
    where n.name = 'green'
union all select t::text from penstock.schema_version t join penstock.namespace n on n.id = namespace_id
    where n.name = 'green'
union all select t::text from penstock.schema_rule t join penstock.namespace n on n.id = namespace_id
    where n.name = 'green'
union all select (id, name, revoked_at)::text from penstock.access_token where 'green' = any (namespaces)
order by 1
"""


class Green(NamedTuple):
    """What the other tenant has: all of it with the canary in it."""

    caller: Caller
    waiting: bytes
    due: bytes
    running: bytes
    claim: int
    ended: bytes
    page_token: str
    dead: bytes

    @property
    def ids(self) -> bytes:
        return self.waiting + self.due + self.running + self.ended + self.dead


def group(*payloads: bytes, **columns: Any) -> pb.TaskGroup:
    made = pb.TaskGroup(payloads=payloads, **columns)
    setattr(made, "lambda", LAMBDA)
    return made


def schedule(caller: Caller, namespace: str, made: pb.TaskGroup) -> bytes:
    ids: bytes = caller.ask("Schedule", pb.ScheduleRequest(namespace=namespace, groups=[made])).task_ids
    return ids


def periodic(collection: str) -> pb.PeriodicDefinition:
    """A schedule with no tick in the life of a test."""
    payload = b'{"secret": "%s"}' % collection.encode()
    made = pb.PeriodicDefinition(name=NIGHTLY, cron="0 0 29 2 *", collection=collection, payload=payload)
    setattr(made, "lambda", LAMBDA)
    return made


def events(secret: str, **columns: Any) -> pb.EventGroup:
    """One event of the stream that both have, about a subject of the same name."""
    data = b'{"secret": "%s"}' % secret.encode()
    return pb.EventGroup(stream=STREAM, subjects=["a.txt"], types=["changed"], data=[data], ids=["7"], **columns)


def schema(namespace: str, name: str) -> pb.RegisterSchemaRequest:
    text = json.dumps({"type": "record", "name": name, "fields": []})
    return pb.RegisterSchemaRequest(namespace=namespace, subject=SUBJECT, schema=text)


@contextmanager
def working(caller: Caller, namespace: str, executor: str, credit: int) -> Iterator[Any]:
    """The replies of an open Work stream."""
    saying: queue.Queue[pb.WorkRequest | None] = queue.Queue()
    greeting = pb.Hello(executor=executor, namespace=namespace, lambdas=[LAMBDA])
    saying.put(pb.WorkRequest(hello=greeting, credit_total=credit, stamp_us=1))

    def said() -> Iterator[pb.WorkRequest]:
        while True:
            try:
                request = saying.get(timeout=0.5)
            except queue.Empty:
                request = pb.WorkRequest()
            if request is None:
                return
            yield request

    call = caller.orchestrator.Work(said(), metadata=caller.metadata, timeout=PATIENCE_S)
    try:
        yield call
    finally:
        saying.put(None)
        call.cancel()


def assigned(replies: Any) -> pb.Assignments:
    for reply in replies:
        if reply.assignments.claims:
            made: pb.Assignments = reply.assignments
            return made
    raise AssertionError("the stream has ended")


def results(key: tuple[bytes, int], namespace: str) -> pb.SetResultsRequest:
    return pb.SetResultsRequest(
        executor=CANARY,
        namespace=namespace,
        task_ids=key[0],
        claims=[key[1]],
        endings=[pb.ENDING_SUCCEEDED],
        results=[f'"{CANARY}"'.encode()],
        run_us=[1],
    )


@pytest.fixture(scope="module")
def green(guarded: GuardedPlatform) -> Green:
    caller = guarded.make("admin", "green", name=CANARY)
    registration = pb.LambdaRegistration(name=LAMBDA, version=CANARY, description=CANARY)
    subscribed = pb.LambdaRegistration(name=SUBSCRIPTION, subscription=pb.Subscription(stream=SUBSCRIBED))
    registered = pb.RegisterLambdasRequest(namespace="green", lambdas=[registration, subscribed])
    caller.ask("RegisterLambdas", registered)
    payload = b'{"secret": "%s"}' % CANARY.encode()
    waiting = schedule(
        caller, "green", group(payload, collection=CANARY, keys=[CANARY], delay_us=[HOUR_US], key_life_s=3600)
    )
    first = schedule(caller, "green", group(payload, collection=CANARY))
    with working(caller, "green", CANARY, 1) as replies:
        ended = assigned(replies)
        assert ended.task_ids == first
    caller.ask("SetResults", results((ended.task_ids, ended.claims[0]), "green"))
    fourth = schedule(caller, "green", group(payload, collection=CANARY))
    with working(caller, "green", CANARY, 1) as replies:
        dead = assigned(replies)
        assert dead.task_ids == fourth
    died = results((dead.task_ids, dead.claims[0]), "green")
    died.endings[0] = pb.ENDING_UNDECODABLE
    died.errors[0].message = CANARY
    caller.ask("SetResults", died)
    sweep = pb.StartSweepRequest(
        namespace="green",
        kind=pb.SWEEP_KIND_PURGE,
        filter=pb.DeadLetterFilter(collection="no letter's"),
        request_token=bytes(16),
        reason=CANARY,
    )
    assert caller.ask("StartSweep", sweep).asked_by == f"{CANARY} ({caller.id})"
    listed = pb.ListSweepsRequest(namespace="green")
    while caller.ask("ListSweeps", listed).sweeps[0].status == pb.SWEEP_STATUS_RUNNING:
        pass  # its row must stand still from here on
    gate = pb.SetGateRequest(namespace="green", state=pb.GATE_STATE_PAUSE, collection=CANARY * 2, reason=CANARY)
    setattr(gate, "lambda", LAMBDA)
    caller.ask("SetGate", gate)
    quota = pb.SetQuotaRequest(namespace="green", kind=pb.QUOTA_KIND_WEIGHT, amount=3, reason=CANARY)
    setattr(quota, "lambda", LAMBDA)
    caller.ask("SetQuota", quota)
    caller.ask("CreatePeriodic", pb.CreatePeriodicRequest(namespace="green", definition=periodic(CANARY)))
    made = pb.PutEndpointRequest(namespace="green", spec=pb.EndpointSpec(urls=[f"https://a.example/{CANARY}"]))
    setattr(made, "lambda", ENDPOINT)
    caller.ask("PutEndpoint", made)
    caller.ask("SetStream", pb.SetStreamRequest(namespace="green", stream=STREAM, keep_s=7_777))
    for _ in range(2):
        caller.ask("Publish", pb.PublishRequest(namespace="green", groups=[events(CANARY)]))
    caller.ask("RegisterSchema", schema("green", CANARY))
    rules = pb.SetSchemaRulesRequest(namespace="green", subject=SUBJECT, compatibility="FULL")
    caller.ask("SetSchemaRules", rules)
    second = schedule(caller, "green", group(payload, collection=CANARY))
    with working(caller, "green", CANARY, 1) as replies:
        running = assigned(replies)
        assert running.task_ids == second
    due = schedule(caller, "green", group(payload, collection=CANARY))
    page = caller.ask("ListTasks", pb.ListTasksRequest(namespace="green", page_size=1))
    assert page.next_page_token
    return Green(caller, waiting, due, running.task_ids, running.claims[0], first, page.next_page_token, dead.task_ids)


@pytest.fixture(scope="module")
def blue(guarded: GuardedPlatform) -> Caller:
    return guarded.make("admin", "blue", name="blue")


NOT_FOUND, DENIED = grpc.StatusCode.NOT_FOUND, grpc.StatusCode.PERMISSION_DENIED
INVALID = grpc.StatusCode.INVALID_ARGUMENT
CHECKS: dict[str, Callable[[Caller, Green], None]] = {}
"""for every call: what blue may try, and how it is answered"""


def check(body: Callable[[Caller, Green], None]) -> Callable[[Caller, Green], None]:
    CHECKS[body.__name__.title().replace("_", "")] = body
    return body


def answered(caller: Caller, call: str, request: Any) -> Any:
    """The reply, which holds nothing of green's."""
    reply = caller.ask(call, request)
    assert CANARY.encode() not in reply.SerializeToString()
    return reply


def refused(caller: Caller, call: str, request: Any) -> grpc.StatusCode:
    """How it is refused, in words that hold nothing of green's but what was asked for."""
    with pytest.raises(grpc.RpcError) as caught:
        caller.ask(call, request)
    assert CANARY not in (caught.value.details() or "")
    code: grpc.StatusCode = caught.value.code()
    return code


@check
def register_lambdas(blue: Caller, _green: Green) -> None:
    registration = pb.LambdaRegistration(name=LAMBDA, version="blue")
    request = pb.RegisterLambdasRequest(namespace="blue", lambdas=[registration])
    assert answered(blue, "RegisterLambdas", request).freed_tasks == 0


@check
def schedule_(blue: Caller, green: Green) -> None:
    made = group(b"{}", keys=[CANARY], delay_us=[HOUR_US], parent_id=green.running)
    reply = answered(blue, "Schedule", pb.ScheduleRequest(namespace="blue", groups=[made]))
    assert not reply.problems
    assert not reply.existing
    assert reply.task_ids not in green.ids


@check
def get_task(blue: Caller, green: Green) -> None:
    for at in range(0, len(green.ids), 16):
        request = pb.GetTaskRequest(
            namespace="blue", task_id=green.ids[at : at + 16], with_payload=True, with_history=True
        )
        assert refused(blue, "GetTask", request) is NOT_FOUND


@check
def list_tasks(blue: Caller, green: Green) -> None:
    listed = answered(blue, "ListTasks", pb.ListTasksRequest(namespace="blue"))
    assert all(task.task_id not in green.ids for task in listed.tasks)
    assert not answered(blue, "ListTasks", pb.ListTasksRequest(namespace="blue", collection=CANARY)).tasks
    stolen = pb.ListTasksRequest(namespace="blue", page_size=1, page_token=green.page_token)
    assert refused(blue, "ListTasks", stolen) is INVALID


@check
def cancel_task(blue: Caller, green: Green) -> None:
    for at in range(0, len(green.ids), 16):
        request = pb.CancelTaskRequest(namespace="blue", task_id=green.ids[at : at + 16])
        assert refused(blue, "CancelTask", request) is NOT_FOUND


@check
def retry_task(blue: Caller, green: Green) -> None:
    for task_id in (green.ended, green.waiting, green.running):
        request = pb.RetryTaskRequest(namespace="blue", task_id=task_id, request_token=bytes(16))
        assert refused(blue, "RetryTask", request) is NOT_FOUND


@check
def await_tasks(blue: Caller, green: Green) -> None:
    reply = answered(blue, "AwaitTasks", pb.AwaitTasksRequest(namespace="blue", task_ids=green.ids, wait_s=5))
    assert sorted(reply.unknown) == sorted(green.ids)
    assert not reply.ended


@check
def get_server_info(blue: Caller, _green: Green) -> None:
    answered(blue, "GetServerInfo", pb.GetServerInfoRequest())


@check
def list_dead_letters(blue: Caller, green: Green) -> None:
    request = pb.ListDeadLettersRequest(namespace="blue")
    assert green.dead not in {task.task_id for task in answered(blue, "ListDeadLetters", request).tasks}


@check
def count_dead_letters(blue: Caller, _green: Green) -> None:
    assert not answered(blue, "CountDeadLetters", pb.CountDeadLettersRequest(namespace="blue")).groups


@check
def start_sweep(blue: Caller, _green: Green) -> None:
    """Over all that blue can name, under the id of green's own sweep and under a new one."""
    for kind in (pb.SWEEP_KIND_REDRIVE, pb.SWEEP_KIND_PURGE):
        request = pb.StartSweepRequest(namespace="blue", kind=kind, asked_by="somebody else")
        assert answered(blue, "StartSweep", request).asked_by == f"blue ({blue.id})"
        request.request_token = bytes(16)
        assert refused(blue, "StartSweep", request) in {NOT_FOUND, INVALID}
    for kind in (pb.SWEEP_KIND_CANCEL, pb.SWEEP_KIND_RETRY):
        selection = pb.TaskSelection(attributes={"customer": "7"})
        request = pb.StartSweepRequest(namespace="blue", kind=kind, selection=selection)
        assert answered(blue, "StartSweep", request).asked_by == f"blue ({blue.id})"


@check
def preview_sweep(blue: Caller, _green: Green) -> None:
    """By the collection that green's tasks have."""
    for kind in (pb.SWEEP_KIND_CANCEL, pb.SWEEP_KIND_RETRY):
        selection = pb.TaskSelection(collection=CANARY)
        found = answered(blue, "PreviewSweep", pb.PreviewSweepRequest(namespace="blue", kind=kind, selection=selection))
        assert not found.groups
        assert not found.first


@check
def stop_sweep(blue: Caller, _green: Green) -> None:
    request = pb.StopSweepRequest(namespace="blue", sweep_id=bytes(16), stopped_by="blue")
    assert refused(blue, "StopSweep", request) is NOT_FOUND


@check
def list_sweeps(blue: Caller, _green: Green) -> None:
    sweeps = answered(blue, "ListSweeps", pb.ListSweepsRequest(namespace="blue")).sweeps
    assert bytes(16) not in {sweep.sweep_id for sweep in sweeps}


@check
def get_periodic(blue: Caller, _green: Green) -> None:
    assert refused(blue, "GetPeriodic", pb.GetPeriodicRequest(namespace="blue", name=NIGHTLY)) is NOT_FOUND


@check
def list_periodic(blue: Caller, _green: Green) -> None:
    assert not answered(blue, "ListPeriodic", pb.ListPeriodicRequest(namespace="blue")).schedules


@check
def delete_periodic(blue: Caller, _green: Green) -> None:
    assert refused(blue, "DeletePeriodic", pb.DeletePeriodicRequest(namespace="blue", name=NIGHTLY)) is NOT_FOUND


@check
def pause_periodic(blue: Caller, _green: Green) -> None:
    assert refused(blue, "PausePeriodic", pb.PausePeriodicRequest(namespace="blue", name=NIGHTLY)) is NOT_FOUND


@check
def resume_periodic(blue: Caller, _green: Green) -> None:
    assert refused(blue, "ResumePeriodic", pb.ResumePeriodicRequest(namespace="blue", name=NIGHTLY)) is NOT_FOUND


@check
def next_ticks(blue: Caller, _green: Green) -> None:
    request = pb.NextTicksRequest(namespace="blue", name=NIGHTLY, count=3)
    assert refused(blue, "NextTicks", request) is NOT_FOUND


@check
def backfill_periodic(blue: Caller, _green: Green) -> None:
    request = pb.BackfillPeriodicRequest(namespace="blue", name=NIGHTLY, from_us=1, until_us=HOUR_US)
    assert refused(blue, "BackfillPeriodic", request) is NOT_FOUND


@check
def set_gate(blue: Caller, _green: Green) -> None:
    """Of a lambda of the same name: it is blue's own."""
    for state in (pb.GATE_STATE_DROP, pb.GATE_STATE_OPEN):
        request = pb.SetGateRequest(namespace="blue", state=state, who="somebody else")
        setattr(request, "lambda", LAMBDA)
        assert answered(blue, "SetGate", request).who == f"blue ({blue.id})"


@check
def list_gates(blue: Caller, _green: Green) -> None:
    assert not answered(blue, "ListGates", pb.ListGatesRequest(namespace="blue")).gates


@check
def gate_history(blue: Caller, _green: Green) -> None:
    lines = answered(blue, "GateHistory", pb.GateHistoryRequest(namespace="blue")).lines
    assert {line.who for line in lines} <= {f"blue ({blue.id})"}


@check
def set_quota(blue: Caller, _green: Green) -> None:
    """Of a lambda of the same name: it is blue's own."""
    request = pb.SetQuotaRequest(namespace="blue", kind=pb.QUOTA_KIND_WEIGHT, amount=2, who="somebody else")
    setattr(request, "lambda", LAMBDA)
    [quota] = answered(blue, "SetQuota", request).quotas
    assert (quota.amount, quota.who) == (2, f"blue ({blue.id})")


@check
def list_quotas(blue: Caller, _green: Green) -> None:
    quotas = answered(blue, "ListQuotas", pb.ListQuotasRequest(namespace="blue")).quotas
    assert {quota.who for quota in quotas} <= {f"blue ({blue.id})"}


@check
def quota_history(blue: Caller, _green: Green) -> None:
    lines = answered(blue, "QuotaHistory", pb.QuotaHistoryRequest(namespace="blue")).lines
    assert {line.who for line in lines} <= {f"blue ({blue.id})"}


@check
def explain_task(blue: Caller, green: Green) -> None:
    for at in range(0, len(green.ids), 16):
        request = pb.ExplainTaskRequest(namespace="blue", task_id=green.ids[at : at + 16])
        assert refused(blue, "ExplainTask", request) is NOT_FOUND


def own_lanes(lanes: Any) -> None:
    """Green has a claimed task in the lane of the same name; what blue has is due in an hour, or has ended."""
    for lane in lanes:
        assert (lane.claimed, lane.processing, dict(lane.held)) == (0, 0, {})


@check
def explain_lane(blue: Caller, _green: Green) -> None:
    """Of a lambda of the same name: it is blue's own."""
    registration = pb.LambdaRegistration(name=LAMBDA, version="blue")
    blue.ask("RegisterLambdas", pb.RegisterLambdasRequest(namespace="blue", lambdas=[registration]))
    request = pb.ExplainLaneRequest(namespace="blue")
    setattr(request, "lambda", LAMBDA)
    reply = answered(blue, "ExplainLane", request)
    own_lanes(reply.lanes)
    assert not [gate for gate in reply.gates if gate.collection]


@check
def list_lanes(blue: Caller, _green: Green) -> None:
    own_lanes(answered(blue, "ListLanes", pb.ListLanesRequest(namespace="blue")).lanes)


@check
def list_parents(blue: Caller, green: Green) -> None:
    assert refused(blue, "ListParents", pb.ListParentsRequest(namespace="blue", task_id=green.waiting)) is NOT_FOUND
    further = pb.ListParentsRequest(namespace="blue", task_id=green.waiting, from_place=1)
    assert not answered(blue, "ListParents", further).parents


@check
def get_tree(blue: Caller, green: Green) -> None:
    assert refused(blue, "GetTree", pb.GetTreeRequest(namespace="blue", task_id=green.waiting)) is NOT_FOUND
    parents = [pb.Parents(of=[pb.ParentReference(task_id=green.waiting)])]
    child = pb.ScheduleRequest(namespace="blue", groups=[group(b"{}", parents=parents)])
    assert refused(blue, "Schedule", child) is INVALID


@check
def cancel_tree(blue: Caller, green: Green) -> None:
    assert refused(blue, "CancelTree", pb.CancelTreeRequest(namespace="blue", task_id=green.running)) is NOT_FOUND


@check
def create_periodic(blue: Caller, _green: Green) -> None:
    """Of the same name: it is blue's own."""
    request = pb.CreatePeriodicRequest(namespace="blue", definition=periodic("blue"))
    assert answered(blue, "CreatePeriodic", request).schedule.definition.collection == "blue"
    answered(blue, "DeletePeriodic", pb.DeletePeriodicRequest(namespace="blue", name=NIGHTLY))


@check
def publish(blue: Caller, _green: Green) -> None:
    """The same stream, subject, source and id, and the same token: all of it is blue's own."""
    request = pb.PublishRequest(namespace="blue", groups=[events("blue", expected=[0])])
    reply = answered(blue, "Publish", request)
    assert not reply.existing
    assert answered(blue, "Publish", request).existing == [0]


@check
def read_events(blue: Caller, _green: Green) -> None:
    for subject in ("", "a.txt", CANARY):
        read = answered(blue, "ReadEvents", pb.ReadEventsRequest(namespace="blue", stream=STREAM, subject=subject))
        assert len(read.events) <= 1
    missing = pb.ReadEventsRequest(namespace="blue", stream="orders")
    assert refused(blue, "ReadEvents", missing) is NOT_FOUND


@check
def ping(blue: Caller, _green: Green) -> None:
    """Green's stream is unknown to blue, and blue's own of the same name is another."""
    own = pb.PingGroup(stream=STREAM, subjects=["a.txt"], sequences=[1])
    assert answered(blue, "Ping", pb.PingRequest(namespace="blue", groups=[own])).subjects == 1
    missing = pb.PingGroup(stream="orders", subjects=["a.txt"], sequences=[1])
    assert refused(blue, "Ping", pb.PingRequest(namespace="blue", groups=[missing])) is NOT_FOUND


@check
def get_refresh(blue: Caller, _green: Green) -> None:
    """Nobody subscribes in blue: green's stream of the same name is none of its."""
    assert not answered(blue, "GetRefresh", pb.GetRefreshRequest(namespace="blue")).loops
    assert refused(blue, "GetRefresh", pb.GetRefreshRequest(namespace="blue", stream=SUBSCRIBED)) is NOT_FOUND


@check
def start_refresh(blue: Caller, _green: Green) -> None:
    request = pb.StartRefreshRequest(namespace="blue", stream=SUBSCRIBED, asked_by="blue")
    assert refused(blue, "StartRefresh", request) is NOT_FOUND


@check
def verify(blue: Caller, _green: Green) -> None:
    assert refused(blue, "Verify", pb.VerifyRequest(namespace="blue", stream=SUBSCRIBED)) is NOT_FOUND


@check
def list_cursors(blue: Caller, _green: Green) -> None:
    assert not answered(blue, "ListCursors", pb.ListCursorsRequest(namespace="blue")).subscriptions


@check
def show_cursors(blue: Caller, _green: Green) -> None:
    request = pb.ShowCursorsRequest(namespace="blue", subscription=SUBSCRIPTION, subject=CANARY)
    assert refused(blue, "ShowCursors", request) is NOT_FOUND


@check
def skip_event(blue: Caller, _green: Green) -> None:
    order = pb.MoveCursorRequest(
        namespace="blue", subscription=SUBSCRIPTION, subject=CANARY, sequence=1, asked_by="blue", reason="mine now"
    )
    assert refused(blue, "SkipEvent", order) is NOT_FOUND


@check
def redrive_event(blue: Caller, _green: Green) -> None:
    order = pb.MoveCursorRequest(
        namespace="blue", subscription=SUBSCRIPTION, subject=CANARY, sequence=1, asked_by="blue"
    )
    assert refused(blue, "RedriveEvent", order) is NOT_FOUND


@check
def replay(blue: Caller, _green: Green) -> None:
    order = pb.ReplayRequest(
        namespace="blue", subscription=SUBSCRIPTION, subjects=[CANARY], asked_by="blue", reason="mine now"
    )
    assert refused(blue, "Replay", order) is NOT_FOUND


@check
def list_streams(blue: Caller, _green: Green) -> None:
    for stream in answered(blue, "ListStreams", pb.ListStreamsRequest(namespace="blue")).streams:
        assert (stream.keep_s, stream.events) in {(0, 1), (3_600, 1)}


@check
def list_subjects(blue: Caller, _green: Green) -> None:
    heads = answered(blue, "ListSubjects", pb.ListSubjectsRequest(namespace="blue", stream=STREAM)).subjects
    assert all(head.appended == 1 for head in heads)


@check
def set_stream(blue: Caller, _green: Green) -> None:
    """Of the same name: it is blue's own."""
    request = pb.SetStreamRequest(namespace="blue", stream=STREAM, keep_s=3_600)
    assert answered(blue, "SetStream", request).keep_s == 3_600


@check
def set_stream_schema(blue: Caller, _green: Green) -> None:
    """Of the same name: it is blue's own, which has no schema."""
    request = pb.SetStreamSchemaRequest(namespace="blue", stream=STREAM, subject="")
    assert not answered(blue, "SetStreamSchema", request).schema_subject


@check
def register_schema(blue: Caller, _green: Green) -> None:
    """Under a subject of the same name: it is blue's own, and has a number of its own."""
    assert answered(blue, "RegisterSchema", schema("blue", "Order")).id > 1


@check
def get_schema(blue: Caller, green: Green) -> None:
    own = green.caller.ask("GetSchema", pb.GetSchemaRequest(namespace="green", subject=SUBJECT))
    for request in (pb.GetSchemaRequest(id=own.id), pb.GetSchemaRequest(guid=own.guid)):
        request.namespace = "blue"
        assert refused(blue, "GetSchema", request) is NOT_FOUND


@check
def list_schemas(blue: Caller, _green: Green) -> None:
    for subject in answered(blue, "ListSchemas", pb.ListSchemasRequest(namespace="blue", with_deleted=True)).subjects:
        assert subject.latest_id != 1
        assert subject.compatibility == "BACKWARD"


@check
def check_schema(blue: Caller, _green: Green) -> None:
    """Green's could not follow its own."""
    asked = pb.CheckSchemaRequest(namespace="blue", schema=schema("green", "Order"))
    assert answered(blue, "CheckSchema", asked).is_compatible


@check
def delete_schema(blue: Caller, _green: Green) -> None:
    """Only what is blue's own, under a subject that green has, too."""
    answered(blue, "RegisterSchema", schema("blue", "Order"))
    request = pb.DeleteSchemaRequest(namespace="blue", subject=SUBJECT)
    assert answered(blue, "DeleteSchema", request).versions
    assert refused(blue, "DeleteSchema", request) is NOT_FOUND


@check
def set_schema_rules(blue: Caller, _green: Green) -> None:
    request = pb.SetSchemaRulesRequest(namespace="blue", subject="none", compatibility="NONE")
    assert answered(blue, "SetSchemaRules", request).own_compatibility == "NONE"


@check
def get_schema_rules(blue: Caller, _green: Green) -> None:
    rules = answered(blue, "GetSchemaRules", pb.GetSchemaRulesRequest(namespace="blue", subject=SUBJECT))
    assert (rules.compatibility, rules.own_compatibility) == ("BACKWARD", "")


@check
def create_token(blue: Caller, _green: Green) -> None:
    for namespaces in (["green"], ["blue", "green"], ["*"], ["default"]):
        request = pb.CreateTokenRequest(name="thief", role="admin", namespaces=namespaces)
        assert refused(blue, "CreateToken", request) is DENIED


@check
def list_tokens(blue: Caller, green: Green) -> None:
    tokens = answered(blue, "ListTokens", pb.ListTokensRequest()).tokens
    assert {name for token in tokens for name in token.namespaces} == {"blue"}
    assert green.caller.id not in {token.id for token in tokens}


@check
def revoke_token(blue: Caller, green: Green) -> None:
    assert refused(blue, "RevokeToken", pb.RevokeTokenRequest(id=green.caller.id)) is NOT_FOUND
    assert refused(blue, "RevokeToken", pb.RevokeTokenRequest(id="f" * 16)) is NOT_FOUND


@check
def work(blue: Caller, green: Green) -> None:
    """The lambda has the same name, and green has a task that is due."""
    mine = schedule(blue, "blue", group(b"{}"))
    with working(blue, "blue", CANARY, 10) as replies:
        given = assigned(replies)
        assert given.task_ids == mine
        assert CANARY.encode() not in given.SerializeToString()
        more = schedule(blue, "blue", group(b"{}"))
        assert assigned(replies).task_ids == more
    for key in ((mine, given.claims[0]), (more, 1)):
        blue.ask("SetResults", results(key, "blue"))


@check
def heartbeat(blue: Caller, green: Green) -> None:
    for started in (False, True):
        request = pb.HeartbeatRequest(
            executor=CANARY, namespace="blue", task_ids=green.running, claims=[green.claim], started=[started]
        )
        reply = answered(blue, "Heartbeat", request)
        assert (reply.refused, reply.cancel_requested) == (green.running, b"")


@check
def set_results(blue: Caller, green: Green) -> None:
    for task_id in (green.running, green.ended):
        reply = answered(blue, "SetResults", results((task_id, 1), "blue"))
        assert reply.refused == task_id


def test_results_on_a_stream_are_those_of_its_own_namespace(
    blue: Caller, green: Green, guarded: GuardedPlatform
) -> None:
    before = guarded.rows(GREENS_ROWS)
    stolen = results((green.running, green.claim), "green")
    saying: queue.Queue[pb.WorkRequest | None] = queue.Queue()
    saying.put(pb.WorkRequest(hello=pb.Hello(executor="thief", namespace="blue", lambdas=[LAMBDA])))
    saying.put(pb.WorkRequest(results=[pb.NumberedResults(number=7, results=stolen)]))
    replies = blue.orchestrator.Work(iter(saying.get, None), metadata=blue.metadata, timeout=PATIENCE_S)
    settled = next(each for reply in replies for each in reply.settled)
    saying.put(None)
    assert (settled.number, settled.refused, settled.problem) == (7, green.running, "")
    assert guarded.rows(GREENS_ROWS) == before


@check
def put_endpoint(blue: Caller, _green: Green) -> None:
    """Of a lambda of the same name: it is blue's own."""
    request = pb.PutEndpointRequest(namespace="blue", spec=pb.EndpointSpec(urls=["https://b.example/"]))
    setattr(request, "lambda", ENDPOINT)
    reply = answered(blue, "PutEndpoint", request)
    assert reply.secret
    assert list(reply.endpoint.spec.urls) == ["https://b.example/"]
    undone = pb.RemoveEndpointRequest(namespace="blue")
    setattr(undone, "lambda", ENDPOINT)
    answered(blue, "RemoveEndpoint", undone)


@check
def list_endpoints(blue: Caller, _green: Green) -> None:
    assert not answered(blue, "ListEndpoints", pb.ListEndpointsRequest(namespace="blue")).endpoints


@check
def remove_endpoint(blue: Caller, _green: Green) -> None:
    request = pb.RemoveEndpointRequest(namespace="blue")
    setattr(request, "lambda", ENDPOINT)
    assert refused(blue, "RemoveEndpoint", request) is NOT_FOUND


@check
def rotate_endpoint(blue: Caller, _green: Green) -> None:
    request = pb.RotateEndpointRequest(namespace="blue")
    setattr(request, "lambda", ENDPOINT)
    assert refused(blue, "RotateEndpoint", request) is NOT_FOUND


@check
def switch_endpoint(blue: Caller, _green: Green) -> None:
    request = pb.SwitchEndpointRequest(namespace="blue")
    setattr(request, "lambda", ENDPOINT)
    assert refused(blue, "SwitchEndpoint", request) is NOT_FOUND


@check
def executor_gone(blue: Caller, _green: Green) -> None:
    request = pb.ExecutorGoneRequest(executor=CANARY, namespace="blue")
    assert answered(blue, "ExecutorGone", request).released == 0


NAMES = {method.rpartition("/")[2]: method for method in TABLE}


def test_every_call_is_checked() -> None:
    assert set(CHECKS) == set(NAMES)


@pytest.mark.parametrize("call", list(CHECKS))
def test_one_tenant_is_answered_nothing_of_another(
    guarded: GuardedPlatform, blue: Caller, green: Green, call: str
) -> None:
    before = guarded.rows(GREENS_ROWS)
    CHECKS[call](blue, green)
    assert guarded.rows(GREENS_ROWS) == before


def test_nor_when_it_names_the_others_namespace(blue: Caller, green: Green, guarded: GuardedPlatform) -> None:
    before = guarded.rows(GREENS_ROWS)
    for call, request in (
        ("GetTask", pb.GetTaskRequest(namespace="green", task_id=green.ended)),
        ("ListTasks", pb.ListTasksRequest(namespace="green")),
        ("ExplainTask", pb.ExplainTaskRequest(namespace="green", task_id=green.waiting)),
        ("ListLanes", pb.ListLanesRequest(namespace="green")),
        ("Heartbeat", pb.HeartbeatRequest(namespace="green", task_ids=green.running, claims=[1], started=[True])),
        ("SetResults", results((green.running, green.claim), "green")),
        ("ExecutorGone", pb.ExecutorGoneRequest(namespace="green", executor=CANARY)),
    ):
        with pytest.raises(grpc.RpcError) as caught:
            blue.ask(call, request)
        assert caught.value.code() is DENIED
    with working(blue, "green", "thief", 10) as replies, pytest.raises(grpc.RpcError) as caught:
        next(replies)
    assert caught.value.code() is DENIED
    assert guarded.rows(GREENS_ROWS) == before


def test_a_namespace_that_nobody_has_made_has_no_task_and_is_not_made(guarded: GuardedPlatform, green: Green) -> None:
    stranger = guarded.make("worker", "unmade")
    beat = pb.HeartbeatRequest(
        executor="x", namespace="unmade", task_ids=green.running, claims=[green.claim], started=[True]
    )
    assert stranger.ask("Heartbeat", beat).refused == green.running
    assert stranger.ask("SetResults", results((green.running, green.claim), "unmade")).refused == green.running
    assert guarded.rows("select name from penstock.namespace where name = 'unmade'") == []


def test_the_owner_can_do_all_that_the_other_could_not(green: Green) -> None:
    reply = green.caller.ask("SetResults", results((green.running, green.claim), "green"))
    assert not reply.refused
    assert green.caller.ask("GetTask", pb.GetTaskRequest(namespace="green", task_id=green.running)).status == (
        pb.STATUS_SUCCESS
    )
