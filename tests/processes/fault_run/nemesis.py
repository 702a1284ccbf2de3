"""Kills everything in turn, starts it again, and measures how long nobody was served."""

import asyncio
import contextlib
import os
import random
import signal
import time
from collections.abc import Awaitable, Callable, Container
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from penstock import Handle, PenstockError
from penstock.model.identity import parse_id
from tests.processes.fault_run import lambdas
from tests.processes.fault_run.history import Asked
from tests.processes.fault_run.process import Process
from tests.processes.fault_run.records import read_records
from tests.processes.fault_run.stack import LEASE_S, Stack

if TYPE_CHECKING:
    from penstock.sdk.lambdas import AnyLambda

BREATH_S: Final = 0.5
SERVED_WITHIN_S: Final = 60.0
"""What was killed runs again: so soon a task that is scheduled then must have ended. Some seconds is what it takes,
and ten is the aim; a recovery that is broken takes for ever, or waits for somebody's timeout of a minute or two.
"""
PATIENCE_S: Final = 3 * SERVED_WITHIN_S
CANARIES_FROM: Final = 10_000_000
"""numbers of tasks that only measure"""
BAITS_FROM: Final = 20_000_000
"""numbers of tasks that only keep an executor busy"""
BAIT_S: Final = 2.0


@dataclass(frozen=True)
class Fault:
    """`running`: tasks whose code ran in what was killed. `down_s`: until a task scheduled after it had ended;
    `healed_s` of that had gone when what was killed ran again.
    """

    kind: str
    running: int
    down_s: float
    healed_s: float

    @property
    def served_late(self) -> bool:
        """Whether that was no recovery."""
        return self.down_s - self.healed_s > SERVED_WITHIN_S


class Nemesis:
    """One fault after another; the next one comes when the platform has served again. `tasks` has the canaries."""

    def __init__(self, stack: Stack, seed: int, tasks: ModuleType = lambdas) -> None:
        self.faults: list[Fault] = []
        self.asked: dict[int, Asked] = {}
        self.baits = 0
        self._stack = stack
        self._tasks = tasks
        self._chance = random.Random(seed)

    async def run(self, rounds: int, spared: Container[str] = ()) -> None:
        """Every fault once in each round; NATS is wiped and an executor stopped past its lease in the first."""
        kinds: dict[str, Callable[[], Awaitable[int]]] = {
            "frontend": self._frontend,
            "orchestrator": self._orchestrator,
            "executor": self._executor,
            "controller": self._controller,
            "postgres": self._postgres,
            "nats": self._nats,
        }
        once = {"nats wiped": self._wipe, "executor stopped past its lease": self._stop_past_lease}
        for number in range(rounds):
            turn = [each for each in (kinds | once if not number else kinds).items() if each[0] not in spared]
            self._chance.shuffle(turn)
            for kind, fault in turn:
                await self._one(kind, fault)

    async def _one(self, kind: str, fault: Callable[[], Awaitable[int]]) -> None:
        began_s = time.monotonic()
        running = await fault()
        healed_s = time.monotonic() - began_s
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._canary()
        except TimeoutError:
            raise AssertionError(f"{kind}: nobody was served for {PATIENCE_S:g} s") from None
        self.faults.append(Fault(kind, running, time.monotonic() - began_s, healed_s))
        await asyncio.sleep(BREATH_S)

    async def _canary(self) -> None:
        number = CANARIES_FROM + len(self.faults)
        while True:
            try:
                await (await self._schedule("quick", number)).result()
            except PenstockError:
                continue
            return

    async def _bait(self) -> None:
        """Returns when it runs, or has."""
        number = BAITS_FROM + self.baits
        self.baits += 1
        while number not in self.asked:
            with contextlib.suppress(PenstockError):
                await self._schedule("slow", number, BAIT_S)
        while not any(start.number == number for start in read_records(self._stack.folder)[0]):
            await asyncio.sleep(0.05)

    async def _schedule(self, kind: str, number: int, *arguments: object) -> Handle[Any]:
        what: AnyLambda[..., Any] = getattr(self._tasks, kind)
        handle = await what.options(key=f"nemesis-{number}", priority="high").schedule(number, *arguments)
        self.asked[number] = Asked(number, kind, (parse_id(handle.id),))
        return handle

    async def _frontend(self) -> int:
        await self._stack.frontend.kill()
        await self._stack.start_frontend()
        return 0

    async def _orchestrator(self) -> int:
        await self._stack.orchestrator.kill()
        await self._stack.start_orchestrator()
        return 0

    async def _postgres(self) -> int:
        await self._stack.engines.kill_postgres()
        await self._stack.engines.restart_postgres()
        return 0

    async def _nats(self) -> int:
        await self._stack.engines.kill_nats()
        await self._stack.engines.restart_nats()
        return 0

    async def _wipe(self) -> int:
        await self._stack.engines.wipe_nats()
        return 0

    async def _controller(self) -> int:
        worker, _, running = await self._busy_executor()
        await worker.kill()
        await worker.start()
        return running

    async def _executor(self) -> int:
        _, running = await self._catch_executor(signal.SIGKILL)
        return running

    async def _stop_past_lease(self) -> int:
        """Its supervisor is to kill it; if it has not, it goes on with leases long gone."""
        pid, running = await self._catch_executor(signal.SIGSTOP)
        await asyncio.sleep(LEASE_S + 2.0)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
        return running

    async def _catch_executor(self, number: signal.Signals) -> tuple[int, int]:
        """Its process id, how many ran in it when the signal was sent."""
        while True:
            _, pid, running = await self._busy_executor()
            with contextlib.suppress(ProcessLookupError):  # it was gone before
                os.kill(pid, number)
                return pid, running

    async def _busy_executor(self) -> tuple[Process, int, int]:
        """Its worker, its process id, how many run in it. On a slow machine the clients may have nothing more to do."""
        while True:
            found = [(worker, pid) for worker in self._stack.workers for pid in self._stack.executors(worker)]
            counted = [(worker, pid, _running_in(self._stack, pid)) for worker, pid in found]
            busiest = max(counted, key=lambda each: each[2], default=None)
            if busiest is not None and busiest[2]:
                return busiest
            await self._bait()


def _running_in(stack: Stack, pid: int) -> int:
    starts, ends = read_records(stack.folder, pid)
    return len(starts) - len(ends)
