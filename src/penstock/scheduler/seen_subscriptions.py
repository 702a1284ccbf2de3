"""Keeps note of the subscriptions that workers serve, so that streams wait for nobody who is long gone."""

import asyncio
import logging
from collections.abc import Callable, Collection
from typing import Final

from penstock.model.errors import PenstockError
from penstock.model.lane import LambdaId
from penstock.ports.event_holds import EventHolds

EVERY_S: Final = 60.0

log = logging.getLogger(__name__)


class SeenSubscriptions:
    """`look` answers the lambdas for which workers are there now."""

    def __init__(self, holds: EventHolds, look: Callable[[], Collection[LambdaId]]) -> None:
        self._holds = holds
        self._look = look

    async def run(self) -> None:
        """Note, until cancelled; a note that fails is made good by a later one."""
        while True:
            await asyncio.sleep(EVERY_S)
            await self.note()

    async def note(self) -> None:
        """One round of `run`."""
        try:
            await self._holds.seen(self._look())
        except PenstockError as error:
            log.warning("who serves subscriptions was not noted: %s", error)
