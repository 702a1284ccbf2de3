"""Results that come on a Work stream: half of what a call of their own costs, where results come one at a time."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from penstock.delivery.session import Session
from penstock.model.errors import PenstockError, Unavailable
from penstock.model.identity import TaskId
from penstock.model.lane import LaneId
from penstock.model.work import Settled
from penstock.wire.v1 import penstock_pb2 as pb

log = logging.getLogger(__name__)

UNDER_WAY_MAX: Final = 8
"""of one stream: nothing more is read from it meanwhile"""

Settle = Callable[[pb.SetResultsRequest, str, LaneId | None], Awaitable[list[TaskId]]]
"""(results, whose worker says so, of which lane they are) -> the refused ids, once the others are durable"""


class StreamedResults:
    """Those of one stream. What was begun is ended, also when the stream has gone.

    They are those of the namespace that the stream was opened for, whatever they say themselves.
    """

    def __init__(self, session: Session, settle: Settle) -> None:
        self._session = session
        self._settle = settle
        self._places = asyncio.Semaphore(UNDER_WAY_MAX)
        self._under_way: set[asyncio.Task[None]] = set()

    async def take(self, numbered: pb.NumberedResults) -> None:
        """Returns when the stream may be read on; the answer goes out on the stream."""
        await self._places.acquire()
        task = asyncio.get_running_loop().create_task(self._answer(numbered))
        self._under_way.add(task)
        task.add_done_callback(self._end)

    def _end(self, task: "asyncio.Task[None]") -> None:
        self._under_way.discard(task)
        self._places.release()

    async def _answer(self, numbered: pb.NumberedResults) -> None:
        namespace = self._session.hello.namespace
        try:
            settled = Settled(numbered.number, await self._settle(numbered.results, namespace, self._session.lane))
        except PenstockError as error:
            settled = Settled(numbered.number, [], str(error), isinstance(error, Unavailable))
        except Exception:
            log.exception("results on the stream of %s failed", self._session.hello.executor)
            settled = Settled(numbered.number, [], "an error of the server's own; its log has it", repeatable=True)
        self._session.settle(settled)
