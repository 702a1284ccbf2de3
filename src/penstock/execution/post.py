"""One place for one executor of a group: keeps a process in it, again and again, with backoff."""

import asyncio
import logging
from collections.abc import Callable

from penstock.execution.backoff import Backoff
from penstock.execution.crash_log import CrashLog
from penstock.execution.plan import Group
from penstock.execution.supervisor import End, Supervisor
from penstock.execution.tuning import ControllerTuning
from penstock.execution.verdicts import Cause
from penstock.ports.hosts import (
    Draining,
    ExecutorSpec,
    ExecutorWord,
    FailedToStart,
    Hosts,
    QuarantineWanted,
    Ready,
)
from penstock.ports.orchestrators import Orchestrators

_LOG = logging.getLogger("penstock.execution")
_QUARANTINE_BACKOFF_MAX_S = 1.0


class Post:
    """`run` ends after `stop`; a quarantine's also when its executor leaves because it was idle."""

    def __init__(
        self,
        group: Group,
        app: str,
        quarantine: bool,
        next_name: Callable[[str], str],
        hosts: Hosts,
        orchestrators: Orchestrators,
        tuning: ControllerTuning,
        monotonic_s: Callable[[], float],
        chance: Callable[[], float],
        on_suspects: Callable[[Group, int], None],
        on_wanted: Callable[[Group], None],
        on_word: Callable[[ExecutorSpec, ExecutorWord], None],
        crash_log: CrashLog,
    ) -> None:
        self._group = group
        self._app = app
        self._quarantine = quarantine
        self._next_name = next_name
        self._hosts = hosts
        self._orchestrators = orchestrators
        self._tuning = tuning
        self._monotonic_s = monotonic_s
        self._chance = chance
        self._on_suspects = on_suspects
        self._on_wanted = on_wanted
        self._on_word = on_word
        self._crash_log = crash_log
        longest_s = _QUARANTINE_BACKOFF_MAX_S if quarantine else tuning.restart_max_s
        self._backoff = Backoff(tuning.restart_first_s, longest_s, chance)
        self._present: dict[Supervisor, None] = {}  # ordered, so that runs repeat
        self._stopping = asyncio.Event()
        self._vacant = asyncio.Event()
        self._leftovers: set[asyncio.Task[None]] = set()
        self._last_cause: Cause | None = None

    @property
    def is_busy(self) -> bool:
        """Whether an executor here holds a claim."""
        return any(supervisor.is_busy for supervisor in self._present)

    def stop(self) -> None:
        """No more restarts; every executor is asked to leave."""
        self._stopping.set()
        self._vacant.set()
        for supervisor in tuple(self._present):
            supervisor.stop()

    def kill(self) -> None:
        """No more restarts; every executor ends now."""
        self._stopping.set()
        self._vacant.set()
        for supervisor in tuple(self._present):
            supervisor.kill()

    async def run(self) -> None:
        """Keep one executor here that takes work. One that drains may still be present next to it."""
        left = False
        while not self._stopping.is_set() and not left:
            self._vacant.clear()
            watching = asyncio.create_task(self._occupy())
            vacated = asyncio.create_task(self._vacant.wait())
            await asyncio.wait((watching, vacated), return_when=asyncio.FIRST_COMPLETED)
            vacated.cancel()
            if not watching.done():  # it drains, or all stop: it is watched to its end, not waited for
                self._leftovers.add(watching)
                watching.add_done_callback(self._leftovers.discard)
                await self._pause()
                continue
            await watching
            left = self._quarantine and self._last_cause is Cause.LEFT
            if not left:
                await self._pause()
        while self._leftovers:
            await asyncio.wait(tuple(self._leftovers))

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(self._backoff.next_s()):
                await self._stopping.wait()
        except TimeoutError:
            pass

    async def _occupy(self) -> None:
        """One executor from its start to its last report."""
        name = self._next_name(self._group.name + ("-quarantine" if self._quarantine else ""))
        spec = ExecutorSpec(name, self._app, self._group.lambdas, self._quarantine)
        try:
            process = await self._hosts.start(spec)
        except OSError as error:
            _LOG.error("%s: cannot be started: %s", name, error)
            self._last_cause = Cause.CRASHED
            return
        supervisor = Supervisor(
            process,
            self._orchestrators,
            self._tuning,
            self._monotonic_s,
            self._chance,
            lambda word: self._hear(spec, word),
        )
        self._present[supervisor] = None
        if self._stopping.is_set():
            supervisor.stop()
        try:
            end = await supervisor.run()
        finally:
            del self._present[supervisor]
        self._last_cause = end.cause
        self._judge(name, end)
        await self._report_aside(supervisor)

    async def _report_aside(self, supervisor: Supervisor) -> None:
        """The next executor need not wait for an orchestrator to hear of this one."""
        reporting = asyncio.create_task(supervisor.report())
        self._leftovers.add(reporting)
        reporting.add_done_callback(self._leftovers.discard)

    def _judge(self, name: str, end: End) -> None:
        if end.lived_s >= self._tuning.healthy_after_s:
            self._backoff.reset()
        self._crash_log.tell(name, end)
        if end.suspects:
            self._on_suspects(self._group, end.suspects)

    def _hear(self, spec: ExecutorSpec, word: ExecutorWord) -> None:
        if isinstance(word, Draining):
            self._vacant.set()
        elif isinstance(word, QuarantineWanted):
            self._on_wanted(self._group)
        elif isinstance(word, FailedToStart):
            _LOG.error("%s: could not start:\n%s", spec.name, word.message)
        elif isinstance(word, Ready):
            _LOG.info("%s: ready", spec.name)
        self._on_word(spec, word)
