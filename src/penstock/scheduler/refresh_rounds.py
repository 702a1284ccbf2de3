"""Leads refresh on, a page at a time, as fast as its rates allow."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from penstock.model.errors import PenstockError
from penstock.model.lag import Lag
from penstock.model.limits import BATCH_ROWS_MAX
from penstock.model.news import News
from penstock.model.refresh import (
    Finding,
    PassCount,
    RefreshLoop,
    RefreshState,
    RefreshWish,
    StepDone,
    Trouble,
    edition_of,
    is_unheard,
    trouble_of,
)
from penstock.ports.clock import StoreClock
from penstock.ports.cursor_check import CursorCheck
from penstock.ports.pings import Ping
from penstock.ports.refreshes import Refreshes
from penstock.ports.source_book import SourceBook
from penstock.scheduler.dispatcher import Dispatcher
from penstock.scheduler.subscription_list import SubscriptionList

SOON_S: Final = 1.0
"""a wait that is longer is left to the next look"""
PAUSE_S: Final = 0.05
"""when another server leads just now"""
STEP_LEASE_S: Final = 20.0
TROUBLE_PAUSE_S: Final = 2.0
"""before a source that did not answer is asked again"""

log = logging.getLogger(__name__)


class RefreshPace(Struct, frozen=True):
    """How often each loop begins, how many subjects it compares in a second at most, and what counts as stuck."""

    recent_every_s: float = 2.0
    recent_per_s: float = 5_000.0
    full_every_s: float = 3_600.0
    full_per_s: float = 2_000.0
    stuck_after_s: float = 300.0

    def every_s(self, loop: RefreshLoop) -> float:
        """From the beginning of a pass to that of the next."""
        return self.recent_every_s if loop is RefreshLoop.RECENT else self.full_every_s

    def per_s(self, loop: RefreshLoop) -> float:
        """Subjects."""
        return self.recent_per_s if loop is RefreshLoop.RECENT else self.full_per_s


class RefreshRounds:
    """Any number of servers may lead the same loops on; each step is held by one of them. What is behind goes straight
    to the dispatcher: a hint in a queue could be lost again.
    """

    def __init__(
        self,
        refreshes: Refreshes,
        check: CursorCheck,
        sources: SourceBook,
        subscriptions: SubscriptionList,
        dispatcher: Dispatcher,
        clock: StoreClock,
        holder: str,
        pace: RefreshPace,
    ) -> None:
        self._refreshes = refreshes
        self._check = check
        self._sources = sources
        self._subscriptions = subscriptions
        self._dispatcher = dispatcher
        self._clock = clock
        self._holder = holder
        self._pace = pace
        self._news: News[tuple[int, RefreshLoop]] = News()

    async def look(self) -> None:
        """Until no step is due soon; raises `Unavailable`: what was not done is done by the next look."""
        while (wait_s := await self._wait_s()) is not None and wait_s < SOON_S:
            await asyncio.sleep(wait_s)
            step = await self._refreshes.take(self._wishes(), self._holder, STEP_LEASE_S)
            if step is None:
                await asyncio.sleep(PAUSE_S)
            else:
                await self._refreshes.note(step, self._holder, await self._done(step))

    async def _wait_s(self) -> float | None:
        await self._subscriptions.refresh()
        return await self._refreshes.next_step_in_s(self._wishes())

    def _wishes(self) -> list[RefreshWish]:
        """Both loops of every stream that somebody subscribes to."""
        streams = [(each, edition_of(self._subscriptions.of(each))) for each in self._subscriptions.streams()]
        return [RefreshWish(stream_id, loop, edition) for stream_id, edition in streams for loop in RefreshLoop]

    async def _done(self, step: RefreshState) -> StepDone:
        """A source that does not answer keeps no other stream waiting."""
        try:
            done = await self._page(step)
        except PenstockError as trouble:
            if self._news.is_new((step.stream_id, step.loop), str(trouble)):
                log.warning("the %s refresh of stream %r waits: %s", step.loop, self._name(step), trouble)
            return StepDone(step.mark, PassCount(), pause_s=TROUBLE_PAUSE_S)
        if self._news.is_over((step.stream_id, step.loop)):
            log.info("the %s refresh of stream %r goes on", step.loop, self._name(step))
        return done

    def _name(self, step: RefreshState) -> str:
        """Of a stream that nobody subscribes to any more: its number."""
        subscriptions = self._subscriptions.of(step.stream_id)
        return subscriptions[0].spec.stream if subscriptions else str(step.stream_id)

    async def _page(self, step: RefreshState) -> StepDone:
        await self._subscriptions.read()  # its mark passes for everybody: for those that others know, too
        subscriptions = self._subscriptions.of(step.stream_id)
        source = self._sources.source_of(step.stream_id)
        limit = max(1, BATCH_ROWS_MAX // max(1, len(subscriptions)))
        page = await (source.changed if step.loop is RefreshLoop.RECENT else source.scan)(step.mark, limit)
        lags = await self._check.compare(step.stream_id, page.heads, subscriptions)
        behind = await self._raise(step, lags)
        found = self._found(lags)
        seen = PassCount(len(page.heads), behind, len(found))
        if page.is_end and step.loop is RefreshLoop.FULL:
            _report(self._name(step), step.count + seen, found)
        is_full = step.loop is RefreshLoop.FULL
        return StepDone(
            page.mark, seen, found if is_full else (), page.is_end, self._pause_s(step, len(page.heads), page.is_end)
        )

    async def _raise(self, step: RefreshState, lags: Sequence[Lag]) -> int:
        """How many were not told before how far they may go."""
        unheard = [lag for lag in lags if is_unheard(lag.row, lag.reach)]
        old = [lag for lag in unheard if _is_backlog(step, lag)]
        waiting = [lag for lag in unheard if _is_lifted(lag)]
        left = [lag.subject for lag in unheard if not (_is_lifted(lag) or _is_backlog(step, lag))]
        others = {subject.subject: subject.sequence for subject in left}
        await self._dispatcher.dispatch([Ping(step.stream_id, *each) for each in others.items()])
        await self._dispatcher.lift([(lag.subscription, lag.subject.subject) for lag in waiting])
        await self._dispatcher.backfill([(lag.subscription, lag.subject.subject, lag.subject.sequence) for lag in old])
        return len(unheard)

    def _found(self, lags: Sequence[Lag]) -> list[Finding]:
        stuck_after_us = round(self._pace.stuck_after_s * 1_000_000)
        return [_finding(lag, trouble) for lag in lags if (trouble := trouble_of(lag.row, stuck_after_us)) is not None]

    def _pause_s(self, step: RefreshState, subjects: int, is_end: bool) -> float:
        pause_s = subjects / self._pace.per_s(step.loop)
        if not is_end:
            return pause_s
        began_s_ago = max(0.0, (self._clock.now_us() - step.began_at_us) / 1_000_000)
        return max(pause_s, self._pace.every_s(step.loop) - began_s_ago)


def _is_backlog(step: RefreshState, lag: Lag) -> bool:
    """What was there before the pass began, and no row was ever made for: nothing that has just come waits with it."""
    return step.loop is RefreshLoop.FULL and lag.row.is_missing and lag.subject.appended_at_us < step.began_at_us


def _is_lifted(lag: Lag) -> bool:
    """A row that stands and goes after others hears of them, not of its subject."""
    return bool(lag.subscription.after) and not lag.row.is_missing


def _finding(lag: Lag, trouble: Trouble) -> Finding:
    subscription = lag.subscription
    return Finding(
        lag.id,
        subscription.lambda_id,
        subscription.lambda_name,
        lag.subject.subject,
        trouble,
        lag.cursor,
        lag.subject.sequence,
        lag.row.attempts,
        lag.row.crashes,
        lag.row.stands_us,
    )


def _report(stream: str, count: PassCount, last: Sequence[Finding]) -> None:
    log.info("refresh of stream %r: %d subjects, %d were behind", stream, count.subjects, count.behind)
    if count.troubled:
        log.warning(
            "%d subjects of stream %r do not go on; `penstock refresh %s` lists them%s",
            count.troubled,
            stream,
            stream,
            "".join(f"; {each.subscription} {each.subject!r}: {each.trouble}" for each in last[:5]),
        )
