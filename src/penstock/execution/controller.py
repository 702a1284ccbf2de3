"""The controller of a worker host: starts, restarts and stops executors, and speaks for those that died.

It imports nothing of the user's: what it knows of the app is the names of its lambdas.
"""

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable, Sequence

from penstock.execution.backoff import Backoff
from penstock.execution.crash_log import CrashLog
from penstock.execution.plan import Group
from penstock.execution.post import Post
from penstock.execution.quarantines import Quarantines
from penstock.execution.tuning import ControllerTuning
from penstock.model.errors import Unavailable
from penstock.ports.hosts import ExecutorSpec, ExecutorWord, Hosts
from penstock.ports.orchestrators import Orchestrators

_LOG = logging.getLogger("penstock.execution")


class Controller:
    """`worker` names this host and process in histories. `run` returns after `stop`, within 30 s."""

    def __init__(
        self,
        worker: str,
        app: str,
        groups: Sequence[Group],
        hosts: Hosts,
        orchestrators: Orchestrators,
        register: Callable[[], Awaitable[None]],
        tuning: ControllerTuning,
        monotonic_s: Callable[[], float],
        chance: Callable[[], float],
        on_word: Callable[[ExecutorSpec, ExecutorWord], None] = lambda spec, word: None,
    ) -> None:
        self._worker = worker
        self._app = app
        self._groups = groups
        self._hosts = hosts
        self._orchestrators = orchestrators
        self._register = register
        self._tuning = tuning
        self._monotonic_s = monotonic_s
        self._chance = chance
        self._on_word = on_word
        self._numbers = itertools.count(1)
        self._posts: list[Post] = []
        self._quarantines = Quarantines(tuning.quarantines_max, lambda group: self._open_post(group, quarantine=True))
        self._crash_log = CrashLog()
        self._running: set[asyncio.Task[None]] = set()
        self._stop_asked = asyncio.Event()
        self._now_asked = asyncio.Event()

    def stop(self) -> None:
        """First call: a clean stop. Second call: now."""
        if self._stop_asked.is_set():
            self._now_asked.set()
        self._stop_asked.set()

    async def run(self) -> None:
        """Register, keep the executors running, stop when asked."""
        if await self._register_until_stopped():
            for group in self._groups:
                self._posts.append(self._open_post(group, quarantine=False))
            await self._stop_asked.wait()
        await self._stop_all()

    async def _register_until_stopped(self) -> bool:
        backoff = Backoff(0.1, 5.0, self._chance)
        while not self._stop_asked.is_set():
            try:
                await self._register()
            except Unavailable as error:
                _LOG.warning("the platform cannot be reached yet: %s", error)
            else:
                return True
            try:
                async with asyncio.timeout(backoff.next_s()):
                    await self._stop_asked.wait()
            except TimeoutError:
                pass
        return False

    async def _stop_all(self) -> None:
        for post in self._all_posts():
            post.stop()
        gone = asyncio.create_task(self._all_gone())
        hurry = asyncio.create_task(self._now_asked.wait())
        await asyncio.wait((gone, hurry), timeout=self._tuning.stop_within_s, return_when=asyncio.FIRST_COMPLETED)
        hurry.cancel()
        if not gone.done():
            for post in self._all_posts():
                post.kill()
            # Reaping is quick; reports are given a moment, the end of the leases does the rest.
            await asyncio.wait((gone,), timeout=2.0)
            gone.cancel()
        for task in tuple(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _all_gone(self) -> None:
        while self._running:
            await asyncio.wait(tuple(self._running))

    def _all_posts(self) -> list[Post]:
        return [*self._posts, *self._quarantines.posts()]

    def _open_post(self, group: Group, quarantine: bool) -> Post:
        post = Post(
            group,
            self._app,
            quarantine,
            lambda name: f"{self._worker}/{name}-{next(self._numbers)}",
            self._hosts,
            self._orchestrators,
            self._tuning,
            self._monotonic_s,
            self._chance,
            self._expect_suspects,
            self._want_quarantine,
            self._on_word,
            self._crash_log,
        )
        task = asyncio.create_task(post.run())
        self._running.add(task)
        task.add_done_callback(self._closed)
        task.add_done_callback(lambda _: self._quarantines.closed(post))
        return post

    def _closed(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and task.exception() is not None:
            _LOG.error("a post of executors failed; the worker stops", exc_info=task.exception())
            self._stop_asked.set()

    def _expect_suspects(self, group: Group, suspects: int) -> None:
        if not self._stop_asked.is_set():
            self._quarantines.expect(group, suspects)

    def _want_quarantine(self, group: Group) -> None:
        if not self._stop_asked.is_set():
            self._quarantines.want(group)
