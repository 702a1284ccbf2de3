"""AwaitTasks: callers wait here until tasks end, without anybody polling for each of them."""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from typing import Final

from penstock.frontend.calls import Awaited
from penstock.frontend.lambda_book import LambdaBook
from penstock.frontend.outcome_reader import OutcomeReader
from penstock.model.errors import InvalidInput, LimitExceeded
from penstock.model.identity import TaskId, split_ids
from penstock.model.limits import AWAIT_S_MAX, AWAIT_TASKS_MAX
from penstock.ports.results import Ended, Results
from penstock.ports.signals import Signals, Topic

SAFETY_LOOK_S: Final = 2.0
LINGER_A_TASK_S: Final = 0.0002
LINGER_S_MAX: Final = 0.5
LINGER_TASKS_MIN: Final = 10
"""Who waits for many would be back at once for the next: it is kept a moment, to be told of many together."""

log = logging.getLogger(__name__)


class _Guest:
    """One call that waits. `awaits` maps the task that is watched now to those it was asked for as."""

    def __init__(self, namespace_id: int, ids: Iterable[TaskId]) -> None:
        self.namespace_id = namespace_id
        self.awaits: dict[TaskId, set[TaskId]] = {task_id: {task_id} for task_id in ids}
        self.unseen = dict.fromkeys(self.awaits)
        """not looked for since they are watched"""
        self.ended: dict[TaskId, Ended] = {}
        self.has_news = asyncio.Event()

    def hear(self, task_id: TaskId, ended: Ended) -> TaskId | None:
        """One of its tasks has ended. Answers the task that is to be watched instead, if there is one."""
        asked = self.awaits.pop(task_id)
        self.unseen.pop(task_id, None)
        if ended.retried_as is not None:
            self.awaits.setdefault(ended.retried_as, set()).update(asked)
            self.unseen[ended.retried_as] = None
            return ended.retried_as
        self.ended.update(dict.fromkeys(asked, ended))
        self.has_news.set()
        return None


class WaitingRoom:
    """Wakes on `Topic.ENDED`; signals may be lost, so all that is watched is looked for now and then."""

    def __init__(self, results: Results, book: LambdaBook, signals: Signals) -> None:
        self._results = results
        self._book = book
        self._reader = OutcomeReader(results, self._tell)
        self._watched: dict[TaskId, dict[_Guest, None]] = {}  # dicts as sets: their order repeats
        self._safety: asyncio.Task[None] | None = None
        self._unlisten = signals.listen(Topic.ENDED, self._wake)

    async def stop(self) -> None:
        """Listen and look no more."""
        self._unlisten()
        if self._safety is not None:
            self._safety.cancel()
            await asyncio.gather(self._safety, return_exceptions=True)
        await self._reader.stop()

    async def await_tasks(self, namespace: str, ids: Sequence[TaskId], wait_s: float) -> Awaited:
        """Returns when one of the tasks has ended or is unknown, or when `wait_s` has passed.

        An ended task that was retried stands for its retry. Raises `InvalidInput`, and `Unavailable` when the
        first look fails.
        """
        _check(ids, wait_s)
        deadline_s = asyncio.get_running_loop().time() + wait_s
        guest = _Guest(await self._book.known_namespace_id(namespace), ids)
        self._watch(guest, guest.awaits)  # before the look: what ends in between is heard
        try:
            await self._look_for(guest)
            unknown = await self._unknown(guest) if not guest.ended else []
            if not unknown:
                await self._news(guest, deadline_s)
        finally:
            self._forget(guest)
        return Awaited(guest.ended, unknown)

    async def _look_for(self, guest: _Guest) -> None:
        while guest.unseen:
            looked_for, guest.unseen = guest.unseen, {}
            # Shielded: others wait for the same look, and a caller that goes away must not end it for them.
            await asyncio.shield(self._reader.want(guest.namespace_id, looked_for))

    async def _unknown(self, guest: _Guest) -> list[TaskId]:
        unknown = await self._results.unknown(guest.namespace_id, list(guest.awaits))
        return [asked for task_id in unknown for asked in guest.awaits.get(task_id, ())]

    async def _news(self, guest: _Guest, deadline_s: float) -> None:
        try:
            async with asyncio.timeout_at(deadline_s):
                await guest.has_news.wait()
        except TimeoutError:
            return
        if len(guest.awaits) >= LINGER_TASKS_MIN:
            left_s = deadline_s - asyncio.get_running_loop().time()
            await asyncio.sleep(max(0.0, min(left_s, LINGER_S_MAX, LINGER_A_TASK_S * len(guest.awaits))))

    def _watch(self, guest: _Guest, ids: Iterable[TaskId]) -> None:
        for task_id in ids:
            self._watched.setdefault(task_id, {})[guest] = None
        if self._safety is None or self._safety.done():
            self._safety = asyncio.ensure_future(self._look_now_and_then())

    def _forget(self, guest: _Guest) -> None:
        for task_id in guest.awaits:
            self._part(task_id, guest)

    def _part(self, task_id: TaskId, guest: _Guest) -> None:
        guests = self._watched.get(task_id, {})
        guests.pop(guest, None)
        if not guests:
            self._watched.pop(task_id, None)

    def _wake(self, body: bytes) -> None:
        if not self._watched:
            return
        try:
            ids = split_ids(body)
        except InvalidInput:
            log.warning("a signal on %s had a broken body", Topic.ENDED)
            return
        self._want([task_id for task_id in ids if task_id in self._watched])

    def _want(self, ids: Iterable[TaskId]) -> None:
        wanted: dict[int, list[TaskId]] = {}
        for task_id in ids:
            for namespace_id in {guest.namespace_id for guest in self._watched[task_id]}:
                wanted.setdefault(namespace_id, []).append(task_id)
        for namespace_id, theirs in wanted.items():
            self._reader.want(namespace_id, theirs)

    def _tell(self, namespace_id: int, found: dict[TaskId, Ended]) -> None:
        for task_id, ended in found.items():
            for guest in [each for each in self._watched.get(task_id, ()) if each.namespace_id == namespace_id]:
                self._part(task_id, guest)
                retry = guest.hear(task_id, ended)
                if retry is not None:
                    self._watch(guest, [retry])
                    self._reader.want(namespace_id, [retry])

    async def _look_now_and_then(self) -> None:
        while self._watched:
            await asyncio.sleep(SAFETY_LOOK_S)
            self._want(list(self._watched))


def _check(ids: Sequence[TaskId], wait_s: float) -> None:
    if not 1 <= len(ids) <= AWAIT_TASKS_MAX:
        raise LimitExceeded("task_ids", f"are {len(ids)}; use 1 to {AWAIT_TASKS_MAX}")
    if not 0 <= wait_s <= AWAIT_S_MAX:
        raise InvalidInput("wait_s", f"{wait_s} is outside of 0 to {AWAIT_S_MAX:g}")
