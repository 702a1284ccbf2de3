"""What a running task reads of its parents."""

from typing import Any

from penstock.model.errors import NotFound, NotPossible
from penstock.model.identity import TaskId, text_of
from penstock.model.lifecycle import TERMINAL, Status
from penstock.sdk.connection import Connection
from penstock.sdk.handle import value_of
from penstock.sdk.returns import OF_ANYTHING, decoder_of
from penstock.wire.numbers import status_of_wire
from penstock.wire.v1 import penstock_pb2 as pb


class EndedParent:
    """One parent of the running task, as it ended."""

    __slots__ = ("_task",)

    def __init__(self, task: pb.Task) -> None:
        self._task = task

    @property
    def id(self) -> str:
        """Its id, as its handle has it."""
        return text_of(TaskId(self._task.task_id))

    @property
    def lambda_name(self) -> str:
        """`app.lambda`."""
        name: str = getattr(self._task, "lambda")
        return name

    @property
    def status(self) -> Status:
        """How it ended; raises `NotFound` when nothing is left of it."""
        if not self._task.status:
            raise NotFound(f"nothing is left of the parent {self.id}")
        return status_of_wire(self._task.status)

    @property
    def succeeded(self) -> bool:
        """Whether there is a result."""
        return self.status is Status.SUCCESS

    def result(self, kind: Any = Any) -> Any:
        """What it returned, read as `kind`.

        Raises `TaskFailed`, `TaskDead`, `TaskCancelled` or `TaskDropped` when it ended without success, and
        `ResultLeftOut` when its result was too large to keep.
        """
        if self.status not in TERMINAL:
            raise NotPossible(f"the parent {self.id} has not ended")
        value = value_of(self._task, OF_ANYTHING)
        return value if kind is Any else decoder_of(kind).decode(self._task.result)

    def __repr__(self) -> str:
        return f"<EndedParent {self.id}>"


async def read_parents(connection: Connection, child: TaskId) -> list[EndedParent]:
    """All of them, in the order of `parents=`, about 1 MiB of results a request; raises `Unavailable`."""
    client, found, place = connection.client(), list[EndedParent](), 0
    while True:
        request = pb.ListParentsRequest(namespace=client.namespace, task_id=child, from_place=place)
        reply = await client.ask("ListParents", request)
        found += [EndedParent(task) for task in reply.parents]
        place = reply.next_place
        if not place:
            return found
