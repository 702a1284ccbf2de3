"""Reads of outcomes, shared by all who wait: one trip at a time, and whatever is wanted goes in the next."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from itertools import islice

from penstock.model.errors import PenstockError
from penstock.model.identity import TaskId
from penstock.model.limits import AWAIT_TASKS_MAX
from penstock.ports.results import Ended, Results

OnEnded = Callable[[int, dict[TaskId, Ended]], None]

log = logging.getLogger(__name__)


class OutcomeReader:
    """`on_ended` hears of every task that a trip found ended, with the namespace it was looked for in."""

    def __init__(self, results: Results, on_ended: OnEnded) -> None:
        self._results = results
        self._on_ended = on_ended
        self._wanted: dict[int, dict[TaskId, None]] = {}  # dicts as sets: their order repeats
        self._next_turn: asyncio.Future[None] | None = None
        self._reading: asyncio.Task[None] | None = None

    async def stop(self) -> None:
        """End what is under way."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    def want(self, namespace_id: int, ids: Iterable[TaskId]) -> "asyncio.Future[None]":
        """Done when a trip that began from now on has looked for them; fails with `Unavailable`."""
        self._wanted.setdefault(namespace_id, {}).update(dict.fromkeys(ids))
        if self._next_turn is None:
            self._next_turn = asyncio.get_running_loop().create_future()
            # Nobody has to wait for it: a look that failed is made good by the next safety look.
            self._next_turn.add_done_callback(lambda turn: turn.cancelled() or turn.exception())
        turn = self._next_turn
        if self._reading is None or self._reading.done():
            self._reading = asyncio.ensure_future(self._read())
        return turn

    async def _read(self) -> None:
        while self._next_turn is not None:
            turn, self._next_turn = self._next_turn, None
            wanted, self._wanted = self._wanted, {}
            try:
                for namespace_id, ids in wanted.items():
                    await self._look(namespace_id, ids)
            except PenstockError as trouble:
                turn.set_exception(trouble)
            except Exception as mistake:
                log.exception("reading the outcomes of tasks failed")
                turn.set_exception(mistake)
            else:
                turn.set_result(None)
            finally:
                turn.cancel()  # only when this loop itself is cancelled

    async def _look(self, namespace_id: int, ids: Iterable[TaskId]) -> None:
        rest = iter(ids)
        while batch := list(islice(rest, AWAIT_TASKS_MAX)):
            self._on_ended(namespace_id, await self._results.ended(namespace_id, batch))
