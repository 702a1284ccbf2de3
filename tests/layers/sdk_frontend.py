"""A small frontend for the SDK's tests: keeps tasks in a dict, and loses, holds and refuses as told."""

import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import grpc

from penstock.model.identity import TaskId, make_ids, split_ids
from penstock.wire.v1 import penstock_pb2 as pb
from penstock.wire.v1.penstock_pb2_grpc import FrontendServicer, add_FrontendServicer_to_server

PATIENCE_S: Final = 60.0
"""for a broken program only"""

Trouble = Callable[[Any, grpc.ServicerContext], None]
"""Looks at a request that was stored already; may abort."""


def lose_answer(_request: Any, context: grpc.ServicerContext) -> None:
    context.abort(grpc.StatusCode.UNAVAILABLE, "the answer was lost")


def refuse(status: grpc.StatusCode, text: str) -> Trouble:
    return lambda _request, context: context.abort(status, text)


class FakeFrontend(FrontendServicer):
    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.schedules: list[pb.ScheduleRequest] = []
        self.polls: list[pb.AwaitTasksRequest] = []
        self.polls_open = 0
        self.asked_now: list[TaskId] = []
        self.tasks: dict[TaskId, pb.Task] = {}
        self.payloads: dict[TaskId, bytes] = {}
        self.replies: dict[bytes, pb.ScheduleReply] = {}
        self.before: list[Trouble] = []
        """before storing, one a request, the first first"""
        self.after: list[Trouble] = []
        """after storing: one a request"""
        self.refused_lambdas: dict[str, str] = {}
        self.problems: dict[bytes, pb.ScheduleProblem] = {}
        """by payload"""
        self.gate_orders: list[pb.SetGateRequest] = []
        self.gate_questions: list[pb.ListGatesRequest | pb.GateHistoryRequest] = []
        self.sweep_orders: list[pb.StartSweepRequest] = []
        self.keys: dict[str, TaskId] = {}
        self.open = threading.Event()
        """while it is not set, Schedule requests wait"""
        self.open.set()
        self._server = grpc.server(ThreadPoolExecutor(max_workers=40), options=[("grpc.so_reuseport", 0)])
        add_FrontendServicer_to_server(self, self._server)
        self.address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        self._server.start()

    def stop(self) -> None:
        self.open.set()
        self._server.stop(None).wait()
        with self.changed:
            self.changed.notify_all()

    # ------------------------------------------------------------ what the tests do

    def wait_for(self, condition: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(condition, timeout=PATIENCE_S)

    def finish(self, task_id: TaskId, status: pb.Status = pb.STATUS_SUCCESS, **fields: Any) -> None:
        with self.changed:
            task = self.tasks[task_id]
            task.status = status
            for name, value in fields.items():
                setattr(task, name, value)
            self.changed.notify_all()

    def groups(self) -> list[pb.TaskGroup]:
        return [group for request in self.schedules for group in request.groups]

    # ------------------------------------------------------------ what the SDK calls

    def Schedule(self, request: pb.ScheduleRequest, context: grpc.ServicerContext) -> pb.ScheduleReply:  # noqa: N802 - as on the wire
        with self.changed:
            self.schedules.append(request)
            before = self.before.pop(0) if self.before else None
            self.changed.notify_all()
        if before:
            before(request, context)
        self.open.wait(PATIENCE_S)
        for group in request.groups:
            name = getattr(group, "lambda")
            if name in self.refused_lambdas:
                context.abort(grpc.StatusCode.INVALID_ARGUMENT, self.refused_lambdas[name])
        with self.changed:
            reply = self.replies.get(request.request_token) or self._store(request)
            self.replies[request.request_token] = reply
            after = self.after.pop(0) if self.after else None
        if after:
            after(request, context)
        return reply

    def _store(self, request: pb.ScheduleRequest) -> pb.ScheduleReply:
        reply = pb.ScheduleReply()
        rows = [
            (getattr(group, "lambda"), payload, group.keys[at] if group.keys else "")
            for group in request.groups
            for at, payload in enumerate(group.payloads)
        ]
        ids = make_ids(1_000, request.request_token, len(rows))
        for at, (name, payload, key) in enumerate(rows):
            if payload in self.problems:
                problem = reply.problems.add()
                problem.CopyFrom(self.problems[payload])
                problem.index = at
                ids[at] = TaskId(bytes(16))
            elif key in self.keys:
                reply.existing.append(at)
                ids[at] = self.keys[key]
            else:
                self.tasks[ids[at]] = pb.Task(task_id=ids[at], status=pb.STATUS_NEW)
                setattr(self.tasks[ids[at]], "lambda", name)
                self.payloads[ids[at]] = payload
                if key:
                    self.keys[key] = ids[at]
        reply.task_ids = b"".join(ids)
        return reply

    def GetTask(self, request: pb.GetTaskRequest, context: grpc.ServicerContext) -> pb.Task:  # noqa: N802 - as on the wire
        return self._task(TaskId(request.task_id), context)

    def CancelTask(self, request: pb.CancelTaskRequest, context: grpc.ServicerContext) -> pb.CancelTaskReply:  # noqa: N802 - as on the wire
        task = self._task(TaskId(request.task_id), context)
        if task.status == pb.STATUS_SUCCESS:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, "the task has ended")
        self.finish(TaskId(request.task_id), pb.STATUS_CANCELLED, reason="cancelled before it started")
        return pb.CancelTaskReply(status=pb.STATUS_CANCELLED)

    def SetGate(self, request: pb.SetGateRequest, context: grpc.ServicerContext) -> pb.Gate:  # noqa: N802 - as on the wire
        self.gate_orders.append(request)
        if self.after:
            self.after.pop(0)(request, context)
        gate = pb.Gate(
            collection=request.collection,
            state=request.state,
            reason=request.reason,
            who=request.who,
            since_us=1_500_000,
        )
        setattr(gate, "lambda", getattr(request, "lambda"))
        gate.until_us = request.until_us
        return gate

    def PreviewSweep(  # noqa: N802 - as on the wire
        self, request: pb.PreviewSweepRequest, context: grpc.ServicerContext
    ) -> pb.PreviewSweepReply:
        group = pb.SelectedGroup(status=request.selection.statuses[0], count=7, oldest_us=1_000_000)
        setattr(group, "lambda", getattr(request.selection, "lambda"))
        return pb.PreviewSweepReply(groups=[group], whole=True)

    def StartSweep(self, request: pb.StartSweepRequest, context: grpc.ServicerContext) -> pb.Sweep:  # noqa: N802 - as on the wire
        self.sweep_orders.append(request)
        if self.after:
            self.after.pop(0)(request, context)
        return self._sweep(request, pb.SWEEP_STATUS_RUNNING)

    def ListSweeps(self, request: pb.ListSweepsRequest, context: grpc.ServicerContext) -> pb.ListSweepsReply:  # noqa: N802 - as on the wire
        return pb.ListSweepsReply(sweeps=[self._sweep(each, pb.SWEEP_STATUS_DONE) for each in self.sweep_orders])

    def StopSweep(self, request: pb.StopSweepRequest, context: grpc.ServicerContext) -> pb.Sweep:  # noqa: N802 - as on the wire
        return self._sweep(self.sweep_orders[-1], pb.SWEEP_STATUS_STOPPED)

    @staticmethod
    def _sweep(order: pb.StartSweepRequest, status: pb.SweepStatus) -> pb.Sweep:
        return pb.Sweep(
            sweep_id=order.request_token,
            kind=order.kind,
            status=status,
            handled=7,
            created_at_us=1_000_000,
            asked_by=order.asked_by,
            reason=order.reason,
        )

    def ListGates(self, request: pb.ListGatesRequest, context: grpc.ServicerContext) -> pb.ListGatesReply:  # noqa: N802 - as on the wire
        self.gate_questions.append(request)
        return pb.ListGatesReply(gates=[pb.Gate(state=pb.GATE_STATE_DROP, held=7, since_us=1)])

    def GateHistory(self, request: pb.GateHistoryRequest, context: grpc.ServicerContext) -> pb.GateHistoryReply:  # noqa: N802 - as on the wire
        self.gate_questions.append(request)
        return pb.GateHistoryReply(lines=[pb.GateLine(state=pb.GATE_STATE_OPEN, at_us=2_000_000, who="ada")])

    def RetryTask(self, request: pb.RetryTaskRequest, context: grpc.ServicerContext) -> pb.RetryTaskReply:  # noqa: N802 - as on the wire
        with self.changed:
            (new,) = make_ids(2_000, request.request_token, 1)
            self.tasks[new] = pb.Task(task_id=new, status=pb.STATUS_NEW)
            self.tasks[TaskId(request.task_id)].retried_as = new
            after = self.after.pop(0) if self.after else None
        if after:
            after(request, context)
        return pb.RetryTaskReply(task_id=new)

    def AwaitTasks(self, request: pb.AwaitTasksRequest, context: grpc.ServicerContext) -> pb.AwaitTasksReply:  # noqa: N802 - as on the wire
        asked = split_ids(request.task_ids)
        with self.changed:
            self.polls.append(request)
            self.polls_open += 1
            self.asked_now += asked
            self.changed.notify_all()
        if not context.add_callback(self._poll_closed):
            self._poll_closed()  # the caller had left before this thread came to it
        with self.changed:
            self.changed.wait_for(
                lambda: not context.is_active() or self._unknown(asked) or self._ended(asked), timeout=request.wait_s
            )
            ended = self._ended(asked)
            for task_id in asked:
                self.asked_now.remove(task_id)
            return pb.AwaitTasksReply(
                ended=ended.values(), asked_ids=b"".join(ended), unknown=b"".join(self._unknown(asked))
            )

    def _poll_closed(self) -> None:
        with self.changed:
            self.polls_open -= 1
            self.changed.notify_all()

    def _ended(self, asked: list[TaskId]) -> dict[TaskId, pb.Task]:
        last = {task_id: self._followed(task_id) for task_id in asked if task_id in self.tasks}
        return {task_id: task for task_id, task in last.items() if task.status >= pb.STATUS_SUCCESS}

    def _followed(self, task_id: TaskId) -> pb.Task:
        task = self.tasks[task_id]
        return self._followed(TaskId(task.retried_as)) if task.retried_as else task

    def _unknown(self, asked: list[TaskId]) -> list[TaskId]:
        return [task_id for task_id in asked if task_id not in self.tasks]

    def _task(self, task_id: TaskId, context: grpc.ServicerContext) -> pb.Task:
        if task_id not in self.tasks:
            context.abort(grpc.StatusCode.NOT_FOUND, "no such task")
        return self.tasks[task_id]


if __name__ == "__main__":  # a process of its own, for tests that fork
    frontend = FakeFrontend()
    print(frontend.address, flush=True)
    sys.stdin.read()
    frontend.stop()
