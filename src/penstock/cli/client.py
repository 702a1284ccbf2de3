"""The frontend as the command line sees it: one channel, plain calls, errors of the model."""

import json
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Final, Self, cast

import grpc

from penstock.cli.address import named_or_found
from penstock.cli.checked_settings import checked_settings
from penstock.model.errors import InvalidInput, NotFound, PenstockError, Unavailable
from penstock.model.identity import TaskId, text_of
from penstock.model.limits import AWAIT_S_MAX, LIST_PAGE_MAX, MESSAGE_BYTES_MAX, PAYLOAD_DEPTH_MAX
from penstock.sdk.address import find_namespace
from penstock.sdk.credentials import find_credentials
from penstock.sdk.refusal import refusal_of
from penstock.sdk.status import error_of, is_transient
from penstock.wire.credentials import Bearer
from penstock.wire.v1 import penstock_pb2 as pb
from penstock.wire.v1.penstock_pb2_grpc import AccessStub, FrontendStub

CALL_TIMEOUT_S: Final = 10.0
TREE_TIMEOUT_S: Final = 120.0
"""for ten thousand cancels, and a walk past a hundred thousand tasks"""


class Client:
    """Speaks to one frontend. Every method raises `PenstockError`s only."""

    def __init__(self, address: str | None, namespace: str | None) -> None:
        checked_settings()
        self.address = named_or_found(address)
        self._namespace = find_namespace(namespace or "")
        options = [("grpc.max_receive_message_length", MESSAGE_BYTES_MAX), ("grpc.enable_http_proxy", 0)]
        credentials = find_credentials()
        self._bearer = Bearer(credentials)
        secure = credentials.channel_credentials()
        self._channel = (
            grpc.secure_channel(self.address.text, secure, options=options)
            if secure
            else grpc.insecure_channel(self.address.text, options=options)
        )
        self._frontend: Any = FrontendStub(self._channel)
        self._access: Any = AccessStub(self._channel)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._channel.close()

    def task(self, task_id: TaskId) -> pb.Task:
        """All about one task: payload, result, history."""
        request = pb.GetTaskRequest(
            namespace=self._namespace, task_id=task_id, with_payload=True, with_history=True, with_family=True
        )
        return cast("pb.Task", self._call("GetTask", request))

    def tasks(self, wanted: pb.ListTasksRequest, limit: int) -> Iterator[pb.Task]:
        """Up to `limit` tasks, the newest first, page by page."""
        wanted.namespace = self._namespace
        while limit > 0:
            wanted.page_size = min(limit, LIST_PAGE_MAX)
            page = cast("pb.ListTasksReply", self._call("ListTasks", wanted))
            yield from page.tasks[:limit]
            limit -= len(page.tasks)
            wanted.page_token = page.next_page_token
            if not wanted.page_token:
                return

    def tree(self, task_id: TaskId, limit: int) -> pb.GetTreeReply:
        """The tree around a task."""
        reply: pb.GetTreeReply = self._call(
            "GetTree", pb.GetTreeRequest(namespace=self._namespace, task_id=task_id, limit=limit)
        )
        return reply

    def cancel_tree(self, task_id: TaskId) -> pb.CancelTreeReply:
        """A batch of what lives of it."""
        reply: pb.CancelTreeReply = self._call(
            "CancelTree", pb.CancelTreeRequest(namespace=self._namespace, task_id=task_id), TREE_TIMEOUT_S
        )
        return reply

    def explain_task(self, task_id: TaskId) -> pb.ExplainTaskReply:
        """Why it is not running."""
        request = pb.ExplainTaskRequest(namespace=self._namespace, task_id=task_id)
        return cast("pb.ExplainTaskReply", self._call("ExplainTask", request))

    def explain_lane(self, lambda_name: str, priority: pb.Priority) -> pb.ExplainLaneReply:
        """Why one lane of a lambda is not running, or all three."""
        request = pb.ExplainLaneRequest(namespace=self._namespace, priority=priority)
        setattr(request, "lambda", lambda_name)
        return cast("pb.ExplainLaneReply", self._call("ExplainLane", request))

    def lanes(self, lambda_name: str) -> Iterator[pb.ListLanesReply]:
        """What stands in lanes, page by page; of one lambda, or of all for ""."""
        request = pb.ListLanesRequest(namespace=self._namespace)
        setattr(request, "lambda", lambda_name)
        while True:
            page = cast("pb.ListLanesReply", self._call("ListLanes", request))
            yield page
            request.after_lambda = page.next_after
            if not request.after_lambda:
                return

    def cancel(self, task_id: TaskId) -> pb.CancelTaskReply:
        """Cancels at once what has not started; asks what runs to stop."""
        request = pb.CancelTaskRequest(namespace=self._namespace, task_id=task_id)
        return cast("pb.CancelTaskReply", self._call("CancelTask", request))

    def retry(self, task_id: TaskId, request_token: bytes) -> pb.RetryTaskReply:
        """Makes it anew, unless somebody has done that before."""
        request = pb.RetryTaskRequest(namespace=self._namespace, task_id=task_id, request_token=request_token)
        return cast("pb.RetryTaskReply", self._call("RetryTask", request))

    def dead_letters(self, wanted: pb.DeadLetterFilter, limit: int) -> Iterator[pb.Task]:
        """Up to `limit` dead letters, the newest tasks first, page by page."""
        request = pb.ListDeadLettersRequest(namespace=self._namespace, filter=wanted)
        while limit > 0:
            request.page_size = min(limit, LIST_PAGE_MAX)
            page = cast("pb.ListDeadLettersReply", self._call("ListDeadLetters", request))
            yield from page.tasks[:limit]
            limit -= len(page.tasks)
            request.page_token = page.next_page_token
            if not request.page_token:
                return

    def dead_letter_groups(self, wanted: pb.DeadLetterFilter) -> list[pb.DeadLetterGroup]:
        """How many there are of each kind."""
        request = pb.CountDeadLettersRequest(namespace=self._namespace, filter=wanted)
        return list(self._call("CountDeadLetters", request).groups)

    def start_sweep(self, order: pb.StartSweepRequest) -> pb.Sweep:
        """Orders it; the platform leads it on."""
        order.namespace = self._namespace
        return cast("pb.Sweep", self._call("StartSweep", order))

    def stop_sweep(self, sweep_id: bytes, stopped_by: str) -> pb.Sweep:
        """No further task is handled."""
        request = pb.StopSweepRequest(namespace=self._namespace, sweep_id=sweep_id, stopped_by=stopped_by)
        return cast("pb.Sweep", self._call("StopSweep", request))

    def sweeps(self, limit: int) -> list[pb.Sweep]:
        """The newest first."""
        return list(self._call("ListSweeps", pb.ListSweepsRequest(namespace=self._namespace, limit=limit)).sweeps)

    def preview_sweep(self, kind: pb.SweepKind, selection: pb.TaskSelection) -> pb.PreviewSweepReply:
        """What it would handle just now."""
        request = pb.PreviewSweepRequest(namespace=self._namespace, kind=kind, selection=selection)
        return cast("pb.PreviewSweepReply", self._call("PreviewSweep", request))

    def set_gate(self, order: pb.SetGateRequest) -> pb.Gate:
        """Sets or opens a gate."""
        order.namespace = self._namespace
        return cast("pb.Gate", self._call("SetGate", order))

    def gates(self, lambda_name: str) -> list[pb.Gate]:
        """Those that are not open; of one lambda, or of all for ""."""
        request = pb.ListGatesRequest(namespace=self._namespace, **{"lambda": lambda_name})
        return list(self._call("ListGates", request).gates)

    def gate_history(self, lambda_name: str, collection: str | None, limit: int) -> list[pb.GateLine]:
        """Who ordered what, the latest first; a collection of None is any."""
        request = pb.GateHistoryRequest(namespace=self._namespace, collection=collection, limit=limit)
        setattr(request, "lambda", lambda_name)
        return list(self._call("GateHistory", request).lines)

    def schedule(self, group: pb.TaskGroup, request_token: bytes, strict: bool) -> pb.ScheduleReply:
        """Stores the tasks of one group."""
        request = pb.ScheduleRequest(
            namespace=self._namespace, groups=[group], request_token=request_token, strict=strict
        )
        return cast("pb.ScheduleReply", self._call("Schedule", request))

    def await_end(self, task_id: TaskId) -> TaskId:
        """Waits, however long it takes; the id of what ended: the task, or the last of its retries."""
        request = pb.AwaitTasksRequest(namespace=self._namespace, task_ids=task_id, wait_s=AWAIT_S_MAX)
        while True:
            reply = self._call("AwaitTasks", request, timeout_s=AWAIT_S_MAX + CALL_TIMEOUT_S)
            if reply.unknown:
                raise NotFound(f"task {text_of(task_id)} does not exist")
            if reply.ended:
                return TaskId(reply.ended[0].task_id)

    def server_info(self) -> pb.GetServerInfoReply:
        """What the platform says of itself."""
        return cast("pb.GetServerInfoReply", self._call("GetServerInfo", pb.GetServerInfoRequest()))

    def create_token(self, request: pb.CreateTokenRequest) -> pb.CreateTokenReply:
        """A new token, with its secret."""
        return cast("pb.CreateTokenReply", self._call("CreateToken", request, stub=self._access))

    def tokens(self) -> list[pb.AccessToken]:
        """Those whose namespaces are ours, the newest first."""
        return list(self._call("ListTokens", pb.ListTokensRequest(), stub=self._access).tokens)

    def revoke_token(self, token_id: str) -> pb.AccessToken:
        """It is good no longer."""
        return cast("pb.AccessToken", self._call("RevokeToken", pb.RevokeTokenRequest(id=token_id), stub=self._access))

    def _call(self, method: str, request: object, timeout_s: float = CALL_TIMEOUT_S, stub: Any = None) -> Any:
        try:
            send = getattr(stub or self._frontend, method)
            return send(request, timeout=timeout_s, metadata=self._bearer.metadata())
        except grpc.RpcError as error:
            raise self._translated(error) from error

    def _translated(self, error: grpc.RpcError) -> PenstockError:
        if is_transient(error.code()):
            return Unavailable(
                f"no answer from the platform at {self.address}: {error.details()}; "
                "is it running? `penstock doctor` looks, `penstock dev APP` starts one"
            )
        return refusal_of(error) or error_of(error.code(), error.details() or "")


def check_json_object(text: str) -> bytes:
    """A payload given by hand: one JSON object of parameter names. Raises `InvalidInput`."""

    def refuse(word: str) -> object:
        raise InvalidInput("JSON", f"{word} is no JSON number; use null or a string")

    try:
        value = json.loads(text, parse_constant=refuse)
    except RecursionError:
        raise InvalidInput("JSON", f"nested deeper than {PAYLOAD_DEPTH_MAX} levels") from None
    except ValueError as error:
        example = """such as '{"to": "ada@example.org"}'"""
        raise InvalidInput("JSON", f"{error}; give one object of parameter names, {example}") from None
    if not isinstance(value, dict):
        raise InvalidInput("JSON", "is not an object; give parameter names, such as '{\"order\": 17}'")
    return text.encode("utf-8", "surrogateescape")
