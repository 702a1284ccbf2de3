"""Held tasks, now and then: the event that frees them moves them itself, unless it was missed."""

from collections.abc import Callable, Sequence
from typing import Final

from penstock.model.lane import LambdaId, LaneId, lambda_of
from penstock.model.lifecycle import (
    HELD_FOR_DEAD_EVENT,
    HELD_FOR_FAILED_PARENT,
    HELD_FOR_GATES,
    HELD_FOR_PARENTS,
    HELD_FOR_REPLAY,
)
from penstock.model.limits import BATCH_ROWS_MAX, GATE_LOOK_S
from penstock.model.task import Trigger
from penstock.ports.due_work import DueWork
from penstock.scheduler.chain_rounds import ChainRounds
from penstock.scheduler.lambda_list import LambdaList

REGISTRATION: Final = "registration"
LOOK_S: Final = 30.0
LOOK_AT_MANY_S: Final = 300.0
MANY: Final = 100
_MOVED_BY_OTHERS: Final = HELD_FOR_GATES | {
    HELD_FOR_DEAD_EVENT,
    HELD_FOR_PARENTS,
    HELD_FOR_FAILED_PARENT,
    HELD_FOR_REPLAY,
}


class HeldRows:
    """`hear` is told of lanes in which tasks were freed."""

    def __init__(
        self, due_work: DueWork, lambdas: LambdaList, chains: ChainRounds, hear: Callable[[LaneId, int], None]
    ) -> None:
        self._due_work = due_work
        self._chains = chains
        self._lambdas = lambdas
        self._hear = hear

    async def look_after(self, rows: Sequence[Trigger]) -> None:
        """Held rows, overdue; raises `Unavailable`."""
        lambda_ids = {lambda_of(row.lane): None for row in rows if row.held_for == REGISTRATION}
        registered = self._lambdas.registered(lambda_ids)
        if registered:
            await self._free(registered)
        gated = [row for row in rows if row.held_for in HELD_FOR_GATES | {HELD_FOR_DEAD_EVENT, HELD_FOR_REPLAY}]
        if gated:  # their gates move them, see gate_rounds.py, who redrives or skips an event, or a replay's end
            await self._due_work.look_later(gated, GATE_LOOK_S)
        await self._chains.look_after([row for row in rows if row.held_for == HELD_FOR_PARENTS])
        await self._chains.pass_over([row for row in rows if row.held_for == HELD_FOR_FAILED_PARENT])
        waiting = [row for row in rows if row.held_for not in _MOVED_BY_OTHERS and not _is_freed(row, registered)]
        for row in rows:
            if _is_freed(row, registered):
                self._hear(row.lane, row.trigger_at_us)
        if waiting:
            # A great heap of sleepers must not keep the store busy being looked at.
            await self._due_work.look_later(waiting, LOOK_S if len(waiting) < MANY else LOOK_AT_MANY_S)

    async def _free(self, lambda_ids: Sequence[LambdaId]) -> None:
        while await self._due_work.free_held(REGISTRATION, lambda_ids, BATCH_ROWS_MAX) == BATCH_ROWS_MAX:
            pass


def _is_freed(row: Trigger, registered: Sequence[LambdaId]) -> bool:
    return row.held_for == REGISTRATION and lambda_of(row.lane) in registered
