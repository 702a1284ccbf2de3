"""`schedule_many`: calls out of any iterable, a few full requests under way at a time."""

from collections import deque
from collections.abc import AsyncIterable, Iterable
from typing import Any, Final

from penstock.model.errors import PenstockError, QuotaExceeded, Unavailable
from penstock.sdk.batch import Outcome, has_room
from penstock.sdk.call import Call
from penstock.sdk.connection import Connection
from penstock.sdk.errors import ScheduleProblems
from penstock.sdk.handle import Handle
from penstock.sdk.planning import refuse_planned
from penstock.sdk.waiting import Waiter, deliver, new_waiter

IN_FLIGHT_MAX: Final = 4


async def schedule_many(
    connection: Connection, calls: Iterable[Call[Any]] | AsyncIterable[Call[Any]]
) -> list[Handle[Any]]:
    """One handle a call, in order. Raises `ScheduleProblems` at the end if some weren't stored.

    When the platform does not answer, the rest of the calls isn't asked for.
    """
    bulk = _Bulk(connection)
    if isinstance(calls, AsyncIterable):
        async for call in calls:
            if bulk.is_full_for(call) and not await bulk.send():
                break
            bulk.add(call)
    else:
        for call in calls:
            if bulk.is_full_for(call) and not await bulk.send():
                break
            bulk.add(call)
    return await bulk.finish()


class _Bulk:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._batch: list[Call[Any]] = []
        self._size_bytes = 0
        self._under_way: deque[tuple[list[Call[Any]], Waiter[list[Outcome]]]] = deque()
        self._handles: list[Handle[Any] | None] = []
        self._problems: dict[int, PenstockError] = {}
        self._answers = True

    def is_full_for(self, call: Call[Any]) -> bool:
        if not isinstance(call, Call):
            raise TypeError(f"schedule_many takes calls such as send_email.call(...), not {type(call).__qualname__}")
        refuse_planned(call)
        return not has_room(len(self._batch), self._size_bytes, call)

    def add(self, call: Call[Any]) -> None:
        self._batch.append(call)
        self._size_bytes += call.size_bytes

    async def send(self) -> bool:
        """Send what is gathered; False when the platform stopped answering."""
        if len(self._under_way) >= IN_FLIGHT_MAX:
            await self._settle_oldest()
        waiter: Waiter[list[Outcome]] = new_waiter()
        self._under_way.append((self._batch, waiter))
        self._connection.client().shipping.send_all(self._batch, lambda outcomes: deliver([(waiter, outcomes)]))
        self._batch, self._size_bytes = [], 0
        return self._answers

    async def finish(self) -> list[Handle[Any]]:
        if self._batch:
            await self.send()
        while self._under_way:
            await self._settle_oldest()
        if self._problems:
            raise ScheduleProblems(self._handles, self._problems)
        return [handle for handle in self._handles if handle is not None]

    async def _settle_oldest(self) -> None:
        calls, waiter = self._under_way.popleft()
        for call, outcome in zip(calls, await waiter, strict=True):
            if isinstance(outcome, tuple):
                self._handles.append(Handle.of_call(self._connection, call, outcome))
                continue
            if not isinstance(outcome, PenstockError):
                raise outcome
            self._problems[len(self._handles)] = outcome
            self._handles.append(None)
            self._answers = self._answers and (
                not isinstance(outcome, Unavailable) or isinstance(outcome, QuotaExceeded)
            )
