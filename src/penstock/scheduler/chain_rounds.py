"""Children whose parents failed are cancelled, level by level, in batches."""

import logging
from collections.abc import Callable, Sequence
from typing import Final

from penstock.model.lane import LaneId
from penstock.model.limits import BATCH_ROWS_MAX, PARENTS_LOOK_S
from penstock.model.task import Trigger
from penstock.model.verdict import cancel_child
from penstock.ports.chains import Chains
from penstock.ports.due_work import BucketShare, DueWork
from penstock.ports.signals import Signals, Topic
from penstock.ports.transitions import Transitions

BATCHES_MAX: Final = 200
"""in one round; a tree that is deeper goes on in the next"""

log = logging.getLogger(__name__)


class ChainRounds:
    """What is cancelled may condemn children of its own: those are the next batch. `hear` is told of lanes in which
    tasks were freed.
    """

    def __init__(
        self,
        chains: Chains,
        transitions: Transitions,
        due_work: DueWork,
        signals: Signals,
        share: Callable[[], BucketShare],
        hear: Callable[[LaneId, int], None],
    ) -> None:
        self._chains = chains
        self._transitions = transitions
        self._due_work = due_work
        self._signals = signals
        self._share = share
        self._hear = hear

    async def look(self) -> None:
        """Until nobody of this server's buckets is condemned; raises `Unavailable`."""
        cancelled = 0
        for _ in range(BATCHES_MAX):
            share = self._share()
            condemned = await self._chains.condemned(share, BATCH_ROWS_MAX) if share else []
            if not condemned:
                break
            held = await self._transitions.apply([cancel_child(each) for each in condemned])
            ended = [each.id for each, holds in zip(condemned, held, strict=True) if holds]
            if not ended:
                break  # others do it at this moment
            self._signals.send(Topic.ENDED, b"".join(ended))
            cancelled += len(ended)
        if cancelled:
            log.info("%d tasks were cancelled because a parent of theirs failed", cancelled)

    async def look_after(self, waiting: Sequence[Trigger]) -> None:
        """Children that have waited for long: their parents may have ended and told nobody. Raises `Unavailable`."""
        if waiting:
            moved = await self._chains.look_again([row.id for row in waiting])
            for lane in moved.freed:
                self._hear(lane, 0)
            if moved.condemned:
                self._signals.send(Topic.CHAINS, b"")

    async def pass_over(self, condemned: Sequence[Trigger]) -> None:
        """The rounds end them."""
        if condemned:
            await self._due_work.look_later(condemned, PARENTS_LOOK_S)
