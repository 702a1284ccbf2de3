"""Tasks that are stored together, all or none, so that some can wait for others of them."""

from typing import Any, Final, Self, TypeVar

from penstock.model.errors import LimitExceeded, NotPossible, PenstockError
from penstock.model.limits import MESSAGE_BYTES_MAX, SCHEDULE_TASKS_MAX
from penstock.sdk.call import Call
from penstock.sdk.connection import Connection
from penstock.sdk.errors import ScheduleProblems
from penstock.sdk.handle import Handle
from penstock.sdk.parents import Planned, check_stored
from penstock.sdk.waiting import deliver, new_waiter, without_loop

R = TypeVar("R")
_BYTES_MAX: Final = MESSAGE_BYTES_MAX - 256 * 1024
"""what is left of a message when parents and keys have had their share"""


class Batch:
    """Made by `app.batch()`: `async with`, or `with` where no event loop runs. What was added is stored at the end of
    the block, in one request; an exception in the block stores nothing.

    With parents among them, the tasks are stored all or none: what is wrong with one raises its error, which names it
    as `tasks[3]`, counted from 0 in the order in which they were added.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._calls: list[Call[Any]] = []
        self._planned: list[Planned[Any]] = []
        self._size_bytes = 0
        self._is_over = False

    def add(self, call: Call[R]) -> Planned[R]:
        """One more task, such as `send_email.options(parents=[...]).call(...)`; a parent for those that follow.

        Raises `InvalidInput` for a parent of another batch and for what is too much for one request, `NotPossible`
        behind the block.
        """
        if not isinstance(call, Call):
            raise TypeError(f"a batch takes calls such as send_email.call(...), not {type(call).__qualname__}")
        if self._is_over:
            raise NotPossible("the batch is over: it was stored at the end of its block")
        check_stored(call.kind.options.parents, self)
        if len(self._calls) >= SCHEDULE_TASKS_MAX:
            raise LimitExceeded("batch", f"holds {SCHEDULE_TASKS_MAX:,} tasks, which is the limit")
        self._size_bytes += call.size_bytes + 20 * len(call.kind.options.parents)
        if self._size_bytes > _BYTES_MAX:
            raise LimitExceeded("batch", f"is over {_BYTES_MAX:,} bytes of payloads, the limit of one request")
        planned: Planned[R] = Planned(self, len(self._calls))
        self._calls.append(call)
        self._planned.append(planned)
        return planned

    @property
    def handles(self) -> list[Handle[Any]]:
        """Of all its tasks, in order; raises `NotPossible` before it was stored."""
        return [planned.handle for planned in self._planned]

    def __len__(self) -> int:
        return len(self._calls)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._is_over = True
        if kind is None:
            without_loop("batch", self._store())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._is_over = True
        if kind is None:
            await self._store()

    async def _store(self) -> None:
        if not self._calls:
            return
        waiter = new_waiter()
        shipping = self._connection.client().shipping
        shipping.send_whole(self._calls, lambda outcomes: deliver([(waiter, outcomes)]))
        problems: dict[int, PenstockError] = {}
        handles: list[Handle[Any] | None] = []
        for at, (planned, outcome) in enumerate(zip(self._planned, await waiter, strict=True)):
            if isinstance(outcome, PenstockError):
                problems[at] = outcome
                handles.append(None)
            elif isinstance(outcome, Exception):
                raise outcome
            else:
                planned.stored_as(Handle.of_call(self._connection, self._calls[at], outcome))
                handles.append(planned.handle)
        if len(problems) == len(handles) and len({str(error) for error in problems.values()}) == 1:
            raise problems[0]  # the request was refused as a whole
        if problems:
            raise ScheduleProblems(handles, problems)


def refuse_planned(call: Call[Any]) -> None:
    """Raises `InvalidInput` for a call that only a batch can store."""
    if call.kind.options.parents:
        check_stored(call.kind.options.parents)
