"""What scheduling answers: a task's id, and what can be asked about it."""

from typing import Any, Final, Generic, NoReturn, TypeVar, cast

from penstock.model.errors import PenstockError
from penstock.model.identity import TaskId, text_of
from penstock.model.lifecycle import Status
from penstock.model.limits import RESULT_BYTES_MAX, TIMEOUT_S_MAX
from penstock.model.progress import Progress
from penstock.sdk.batch import Stored
from penstock.sdk.call import Call
from penstock.sdk.connection import Connection
from penstock.sdk.durations import Duration, seconds_of
from penstock.sdk.errors import ResultLeftOut, TaskCancelled, TaskDead, TaskDropped, TaskEnded, TaskFailed
from penstock.sdk.returns import ResultReader
from penstock.sdk.waiting import without_loop
from penstock.wire.numbers import status_of_wire
from penstock.wire.progress_codec import progress_from_wire
from penstock.wire.v1 import penstock_pb2 as pb

R_co = TypeVar("R_co", covariant=True)

_WAIT_S_MAX: Final = 53 * TIMEOUT_S_MAX
_ERRORS: Final[dict[Status, type[TaskEnded]]] = {
    Status.FATAL_FAILURE: TaskFailed,
    Status.DEAD: TaskDead,
    Status.CANCELLED: TaskCancelled,
    Status.DROPPED: TaskDropped,
}


class Handle(Generic[R_co]):
    """One scheduled task. Every method raises `NotFound` for a task that nobody knows (any more), and
    `Unavailable` when the platform does not answer.
    """

    __slots__ = ("_connection", "_returns", "_task_id", "existed")

    def __init__(self, connection: Connection, task_id: TaskId, returns: ResultReader, existed: bool = False) -> None:
        self._connection, self._task_id, self._returns = connection, task_id, returns
        self.existed = existed
        """The task stood already: under the same key, or as an earlier retry of the same task."""

    @classmethod
    def of_call(cls, connection: Connection, call: Call[Any], stored: Stored) -> "Handle[Any]":
        """The handle of a call that was stored."""
        return Handle(connection, stored[0], call.kind.returns, stored[1])

    @property
    def id(self) -> str:
        """The task's id, in the usual form with hyphens."""
        return text_of(self._task_id)

    def __repr__(self) -> str:
        return f"<Handle {self.id}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Handle) and other._task_id == self._task_id

    def __hash__(self) -> int:
        return hash(self._task_id)

    async def status(self) -> Status:
        """What the task is doing now."""
        client = self._connection.client()
        request = pb.GetTaskRequest(namespace=client.namespace, task_id=self._task_id)
        return status_of_wire((await client.ask("GetTask", request)).status)

    async def progress(self) -> Progress | None:
        """What its code said last of how far it is; None when it has said nothing. It stays when the task has ended."""
        client = self._connection.client()
        request = pb.GetTaskRequest(namespace=client.namespace, task_id=self._task_id)
        return progress_from_wire(await client.ask("GetTask", request))

    async def result(self, timeout: Duration | None = None) -> R_co:
        """What the lambda returned, once the task has ended; a retry of it is followed.

        Raises `TaskFailed`, `TaskDead`, `TaskCancelled` or `TaskDropped` when it ended without success,
        `ResultLeftOut` when its result was too large to keep, and `TimeoutError` when it has not ended within
        `timeout` (the task goes on).
        """
        timeout_s = None if timeout is None else seconds_of("timeout", timeout, _WAIT_S_MAX)
        try:
            ended = await self._connection.client().ends.wait(self._task_id, timeout_s)
        except TimeoutError:
            raise TimeoutError(f"task {self.id} has not ended within {timeout_s:g} s; it goes on") from None
        return self._read(ended)

    async def cancel(self) -> Status:
        """The status after the request: `CANCELLED`, or that of a task which runs and was asked to stop.

        Raises `NotPossible` for a task that has ended.
        """
        client = self._connection.client()
        request = pb.CancelTaskRequest(namespace=client.namespace, task_id=self._task_id)
        return status_of_wire((await client.ask("CancelTask", request)).status)

    async def retry(self) -> "Handle[R_co]":
        """A new task with the same content, linked to this one, which must have ended; raises `NotPossible`.

        A task is retried once: if somebody has done it before, that retry is the answer, and `existed` says so.
        """
        client = self._connection.client()
        request = pb.RetryTaskRequest(
            namespace=client.namespace, task_id=self._task_id, request_token=client.mint_token()
        )
        reply = await client.ask("RetryTask", request)
        return Handle(self._connection, TaskId(reply.task_id), self._returns, reply.existed)

    def status_sync(self) -> Status:
        """`status` for code without an event loop."""
        return without_loop("status", self.status())

    def progress_sync(self) -> Progress | None:
        """`progress` for code without an event loop."""
        return without_loop("progress", self.progress())

    def result_sync(self, timeout: Duration | None = None) -> R_co:
        """`result` for code without an event loop."""
        return without_loop("result", self.result(timeout))

    def cancel_sync(self) -> Status:
        """`cancel` for code without an event loop."""
        return without_loop("cancel", self.cancel())

    def retry_sync(self) -> "Handle[R_co]":
        """`retry` for code without an event loop."""
        return without_loop("retry", self.retry())

    def _read(self, ended: pb.Task) -> R_co:
        return cast("R_co", value_of(ended, self._returns))


def value_of(ended: pb.Task, returns: ResultReader) -> Any:
    """What an ended task returned; raises what its end, or a result that was left out, is for who awaits it."""
    status = status_of_wire(ended.status)
    if status is not Status.SUCCESS:
        _raise_for(status, ended)
    if ended.result_left_out:
        task_id = text_of(TaskId(ended.task_id))
        raise ResultLeftOut(
            f"task {task_id} succeeded, but its result is over {RESULT_BYTES_MAX} bytes, the limit, and isn't kept"
        )
    return returns.read(ended.result)


def _raise_for(status: Status, ended: pb.Task) -> NoReturn:
    task_id = text_of(TaskId(ended.task_id))
    if status not in _ERRORS:
        raise PenstockError(f"task {task_id} was said to have ended, but is {status.name.lower()}")
    raise _ERRORS[status](
        task_id,
        getattr(ended, "lambda"),
        type=ended.error_type,
        message=ended.error_message,
        traceback=ended.traceback,
        reason=ended.reason,
    )
