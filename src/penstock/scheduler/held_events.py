"""Which events may go of streams that wait for cursors, and what blocked subjects lose before."""

import logging
from collections.abc import Collection
from typing import Final

from penstock.model.event import StreamId
from penstock.model.lane import LambdaId
from penstock.model.stream_hold import GiveUp, HeldStream, compared_until_us, gone_until_us, holders_of
from penstock.model.subscription import Subscription
from penstock.ports.event_holds import EventHolds

SUBJECTS_AT_ONCE: Final = 100
_EVER: Final = 0

log = logging.getLogger(__name__)


class HeldEvents:
    """`look` before each round of retention. The first one takes no subscription for unseen: a server that has just
    started has not given workers the time to come back.
    """

    def __init__(self, holds: EventHolds) -> None:
        self._holds = holds
        self._has_looked = False

    async def look(self, keep_s: float) -> dict[StreamId, int]:
        """Of each stream that waits for cursors: what was stored before then may go. `keep_s`: how long streams keep
        events that have no time of their own. Raises `Unavailable`: then nothing may go.
        """
        until_us = {each.stream_id: await self._until_us(each, keep_s) for each in await self._holds.held()}
        self._has_looked = True
        return until_us

    async def _until_us(self, held: HeldStream, keep_s: float) -> int:
        kept_us = held.now_us - _us(held.keep_s or keep_s)
        longest_us = held.now_us - _us(held.hold.longest_s)
        unseen_before_us = held.now_us - _us(held.hold.unseen_for_s) if self._has_looked else _EVER
        holders = holders_of(held, unseen_before_us)
        if longest_us >= kept_us or not holders:
            return kept_us
        await self._give_up(held, holders, kept_us, longest_us)
        compared_us = compared_until_us(held)
        needed_us = await self._holds.needed_from(held.stream_id, _numbers(holders), kept_us)
        if needed_us < longest_us:
            log.warning(
                "stream %s lets events go that not all cursors have passed: it waits %g s at longest",
                held.name,
                held.hold.longest_s,
            )
        return gone_until_us(kept_us, longest_us, compared_us, [needed_us])

    async def _give_up(
        self, held: HeldStream, holders: Collection[Subscription], kept_us: int, longest_us: int
    ) -> None:
        """Subjects that have been blocked for too long lose what is kept for cursors only, and all blocked ones what is
        kept for nobody.
        """
        blocked_us = held.now_us - _us(held.hold.blocked_for_s)
        for each in holders:
            await self._lose(held, GiveUp(each, blocked_us, kept_us))
            await self._lose(held, GiveUp(each, held.now_us, longest_us))

    async def _lose(self, held: HeldStream, wish: GiveUp) -> None:
        subjects = events = 0
        while (given := await self._holds.give_up(wish, SUBJECTS_AT_ONCE)).subjects:
            subjects, events = subjects + given.subjects, events + given.events
        if subjects:
            log.warning(
                "%s was blocked for too long in subjects of %s: %d times events were given up, %d are dead letters now",
                wish.subscription.lambda_name,
                held.name,
                subjects,
                events,
            )


def _numbers(subscriptions: Collection[Subscription]) -> list[LambdaId]:
    return [each.lambda_id for each in subscriptions]


def _us(seconds: float) -> int:
    return round(seconds * 1_000_000)
