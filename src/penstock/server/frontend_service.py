"""gRPC service Frontend: decodes requests into the desks' calls, encodes their answers."""

from typing import Any

import grpc
from msgspec import UNSET

from penstock.compose import FrontendDesks
from penstock.frontend.calls import GateCall, ListCall, ParentsAsked, ScheduleCall, TaskGroup, TrailCall
from penstock.model.identity import id_of_bytes, split_ids
from penstock.model.policy import LambdaPolicy
from penstock.ports.registry import Registration
from penstock.server.caller import actor
from penstock.server.cursor_service import CursorService
from penstock.server.endpoint_service import EndpointService
from penstock.server.explain_service import ExplainService
from penstock.server.periodic_service import PeriodicService
from penstock.server.quota_service import QuotaService
from penstock.server.refusals import answers_errors
from penstock.server.replay_service import ReplayService
from penstock.server.schema_service import SchemaService
from penstock.server.stream_service import StreamService
from penstock.server.sweep_service import SweepService
from penstock.server.tree_service import TreeService
from penstock.version import VERSION
from penstock.wire.chain_codec import counts_to_wire, references_from_wire
from penstock.wire.gate_codec import gate_line_to_wire, gate_to_wire
from penstock.wire.numbers import STATUS_TO_WIRE
from penstock.wire.periodic_codec import definition_from_wire
from penstock.wire.quota_codec import declared_from_wire
from penstock.wire.subscription_codec import declared_subscription
from penstock.wire.sweep_codec import filter_from_wire, group_to_wire
from penstock.wire.task_codec import ended_to_wire, view_to_wire
from penstock.wire.v1 import penstock_pb2 as pb

Context = grpc.aio.ServicerContext[Any, Any]


class FrontendService(
    PeriodicService,
    ExplainService,
    QuotaService,
    SweepService,
    TreeService,
    StreamService,
    CursorService,
    ReplayService,
    SchemaService,
    EndpointService,
):
    """One method for each call; every error is a status with a sentence."""

    def __init__(self, desks: FrontendDesks, http_url: str = "") -> None:
        PeriodicService.__init__(self, desks.periodic)
        ExplainService.__init__(self, desks.explain, desks.control)
        QuotaService.__init__(self, desks.quotas)
        SweepService.__init__(self, desks.sweeps, desks.previews)
        TreeService.__init__(self, desks.tree)
        StreamService.__init__(self, desks.publish, desks.streams, desks.pings, desks.stream_schemas)
        CursorService.__init__(self, desks.cursors, desks.verify, desks.refresh, desks.cursor_orders)
        ReplayService.__init__(self, desks.replay)
        SchemaService.__init__(self, desks.schemas)
        EndpointService.__init__(self, desks.endpoints)
        self._desks = desks
        self._http_url = http_url

    @answers_errors
    async def RegisterLambdas(  # noqa: N802 - the wire's names, here and below
        self, request: pb.RegisterLambdasRequest, _context: Context
    ) -> pb.RegisterLambdasReply:
        registrations = [_registration(each) for each in request.lambdas]
        # Before the schedules are kept: a refused call keeps nothing.
        await self._desks.register.check(request.namespace, registrations)
        warnings = await self._changed_signatures(request, registrations)
        retired = await self._declare(request) if request.app or request.schedules else []
        done = await self._desks.register.register(request.namespace, registrations)
        return pb.RegisterLambdasReply(
            orchestrators=done.orchestrators,
            freed_tasks=done.freed_tasks,
            retired_schedules=retired,
            warnings=[*warnings, *done.warnings],
        )

    async def _changed_signatures(
        self, request: pb.RegisterLambdasRequest, registrations: list[Registration]
    ) -> list[str]:
        if request.accept_signatures:
            return []
        return await self._desks.signatures.check(request.namespace, registrations)

    async def _declare(self, request: pb.RegisterLambdasRequest) -> list[str]:
        definitions = [definition_from_wire(each) for each in request.schedules]
        return await self._desks.periodic.declare(request.namespace, request.app, definitions)

    @answers_errors
    async def Schedule(self, request: pb.ScheduleRequest, _context: Context) -> pb.ScheduleReply:  # noqa: N802
        answer = await self._desks.schedule.schedule(
            ScheduleCall(
                namespace=request.namespace,
                groups=[_group(group) for group in request.groups],
                request_token=request.request_token,
                strict=request.strict,
                parents={at: ParentsAsked(*asked) for at, asked in references_from_wire(request.groups).items()},
            )
        )
        if len(answer.ids) == 1 and answer.problems:
            raise answer.problems[0].error()
        return pb.ScheduleReply(
            task_ids=b"".join(answer.ids),
            problems=[
                pb.ScheduleProblem(index=each.index, code=each.code, message=each.message, task_id=each.task_id)
                for each in answer.problems
            ],
            warnings=answer.warnings,
            existing=answer.existing,
        )

    @answers_errors
    async def GetTask(self, request: pb.GetTaskRequest, _context: Context) -> pb.Task:  # noqa: N802
        task_id = id_of_bytes(request.task_id)
        view = await self._desks.inquiry.get_task(
            request.namespace, task_id, request.with_payload, request.with_history
        )
        task = view_to_wire(view)
        if request.with_family:
            task.family.CopyFrom(counts_to_wire(await self._desks.tree.counts(request.namespace, task_id)))
        return task

    @answers_errors
    async def ListTasks(self, request: pb.ListTasksRequest, _context: Context) -> pb.ListTasksReply:  # noqa: N802
        self._desks.control.check_list()
        page = await self._desks.inquiry.list_tasks(
            ListCall(
                namespace=request.namespace,
                lambda_name=getattr(request, "lambda"),
                collection=request.collection,
                statuses=tuple(request.statuses),
                from_us=request.from_us,
                until_us=request.until_us,
                page_size=request.page_size,
                page_token=request.page_token,
                attributes=tuple(sorted(request.attributes.items())),
            )
        )
        return pb.ListTasksReply(
            tasks=[view_to_wire(view) for view in page.tasks], next_page_token=page.next_page_token
        )

    @answers_errors
    async def CancelTask(self, request: pb.CancelTaskRequest, _context: Context) -> pb.CancelTaskReply:  # noqa: N802
        done = await self._desks.cancel.cancel(request.namespace, id_of_bytes(request.task_id))
        return pb.CancelTaskReply(status=STATUS_TO_WIRE[done.status], cancel_requested=done.cancel_requested)

    @answers_errors
    async def RetryTask(self, request: pb.RetryTaskRequest, _context: Context) -> pb.RetryTaskReply:  # noqa: N802
        original = id_of_bytes(request.task_id)
        done = await self._desks.retry.retry(request.namespace, original, request.request_token)
        return pb.RetryTaskReply(task_id=done.id, existed=done.existed)

    @answers_errors
    async def ListDeadLetters(  # noqa: N802
        self, request: pb.ListDeadLettersRequest, _context: Context
    ) -> pb.ListDeadLettersReply:
        self._desks.control.check_list()
        wanted = filter_from_wire(request.filter)
        page = await self._desks.letters.letters(request.namespace, wanted, request.page_size, request.page_token)
        tasks = [view_to_wire(view) for view in page.tasks]
        return pb.ListDeadLettersReply(tasks=tasks, next_page_token=page.next_page_token)

    @answers_errors
    async def CountDeadLetters(  # noqa: N802
        self, request: pb.CountDeadLettersRequest, _context: Context
    ) -> pb.CountDeadLettersReply:
        self._desks.control.check_list()
        groups = await self._desks.letters.groups(request.namespace, filter_from_wire(request.filter))
        return pb.CountDeadLettersReply(groups=[group_to_wire(group) for group in groups])

    @answers_errors
    async def SetGate(self, request: pb.SetGateRequest, _context: Context) -> pb.Gate:  # noqa: N802
        return gate_to_wire(
            await self._desks.gates.order(
                GateCall(
                    namespace=request.namespace,
                    lambda_name=getattr(request, "lambda"),
                    state=request.state,
                    collection=request.collection,
                    until_us=request.until_us,
                    for_us=request.for_us,
                    reason=request.reason,
                    who=actor(request.who),
                    request_token=request.request_token,
                )
            )
        )

    @answers_errors
    async def ListGates(self, request: pb.ListGatesRequest, _context: Context) -> pb.ListGatesReply:  # noqa: N802
        gates = await self._desks.gates.standing(request.namespace, getattr(request, "lambda"))
        return pb.ListGatesReply(gates=[gate_to_wire(gate) for gate in gates])

    @answers_errors
    async def GateHistory(self, request: pb.GateHistoryRequest, _context: Context) -> pb.GateHistoryReply:  # noqa: N802
        lines = await self._desks.gates.trail(
            TrailCall(
                namespace=request.namespace,
                lambda_name=getattr(request, "lambda"),
                collection=request.collection if request.HasField("collection") else None,
                before_version=request.before_version,
                limit=request.limit,
            )
        )
        return pb.GateHistoryReply(lines=[gate_line_to_wire(line) for line in lines])

    @answers_errors
    async def AwaitTasks(self, request: pb.AwaitTasksRequest, _context: Context) -> pb.AwaitTasksReply:  # noqa: N802
        ids = split_ids(request.task_ids)
        done = await self._desks.waiting.await_tasks(request.namespace, ids, request.wait_s)
        return pb.AwaitTasksReply(
            ended=[
                ended_to_wire(each.outcome, each.lambda_name, each.retried_as or b"") for each in done.ended.values()
            ],
            asked_ids=b"".join(done.ended),
            unknown=b"".join(done.unknown),
        )

    @answers_errors
    async def GetServerInfo(  # noqa: N802
        self, _request: pb.GetServerInfoRequest, _context: Context
    ) -> pb.GetServerInfoReply:
        facts = {"orchestrators": ",".join(self._desks.roster.orchestrator_addresses()), "http": self._http_url}
        return pb.GetServerInfoReply(version=VERSION, clock_us=self._desks.clock.now_us(), facts=facts)


def _group(group: pb.TaskGroup) -> TaskGroup:
    return TaskGroup(
        lambda_name=getattr(group, "lambda"),
        payloads=list(group.payloads),
        collection=group.collection,
        priority=group.priority,
        keys=list(group.keys),
        due_at_us=list(group.due_at_us),
        delay_us=list(group.delay_us),
        key_life_s=group.key_life_s,
        parent_id=group.parent_id,
        attributes=dict(sorted(group.attributes.items())) or UNSET,
    )


def _registration(each: pb.LambdaRegistration) -> Registration:
    return Registration(
        each.name, each.version, _policy(each.policy), each.signature, each.description, declared_subscription(each)
    )


def _policy(policy: pb.LambdaPolicy) -> LambdaPolicy:
    """What is not set has its default."""
    plain = [field for field in LambdaPolicy.__struct_fields__ if field != "quota"]
    named = {field: getattr(policy, field) for field in plain if policy.HasField(field)}
    return LambdaPolicy(**named, quota=declared_from_wire(policy.quota))
