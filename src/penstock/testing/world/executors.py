"""Worker hosts in simulation: `Hosts` whose processes can be stopped, killed and reaped, and whose boards remain."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from typing import TYPE_CHECKING, Any

from penstock.execution import Executor
from penstock.execution.endings import raised, returned, undecodable
from penstock.execution.held import Held
from penstock.execution.same_loop import MemoryBoard
from penstock.execution.turn import Turn
from penstock.model.running import RUNNING
from penstock.ports.hosts import ExecutorSpec, ExecutorWord, Ready, RunningClaim
from penstock.ports.seat import Seat
from penstock.testing.world.processes import Domain, SimulatedProcess

if TYPE_CHECKING:
    from penstock.testing.world.chronicle import Interval
    from penstock.testing.world.workers import WorkerHost

SIGKILL_STATUS = -9


class ExecutorPlace:
    """Implements `ExecutorProcess`: the executor's brain in a process, as its supervisor sees it."""

    def __init__(self, host: "WorkerHost", spec: ExecutorSpec, parent: SimulatedProcess) -> None:
        self.host = host
        self.spec = spec
        self.pid = host.next_pid()
        self.process = SimulatedProcess(spec.name)
        self.running: dict[Interval, None] = {}
        """user code that has begun and not ended"""
        self.memory_board = MemoryBoard(spec.lambdas)
        self._executor: Executor | None = None
        self._words: asyncio.Queue[ExecutorWord | None] = asyncio.Queue()
        self._reaped: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._users = self.process.new_thread()
        host.world.adopt(self.process)
        self.process.on_end.append(self._ended)
        # The kernel kills it when its parent dies, stopped or not.
        parent.on_end.append(lambda _: self.process.end(SIGKILL_STATUS))
        self.process.main.start(self._live())

    def board(self) -> Sequence[RunningClaim]:
        return self.memory_board.read()

    def earliest_deadline_us(self) -> int | None:
        return min((claim.deadline_us for claim in self.board()), default=None)

    async def words(self) -> AsyncIterator[ExecutorWord]:
        while (word := await self._words.get()) is not None:
            yield word

    def ask_to_stop(self, hand_back: bool) -> None:
        self.process.main.post(self._stop, hand_back)

    def kill(self) -> None:
        self.host.world.later(self.host.random.random() * 0.002, self.process.end, SIGKILL_STATUS)

    async def reaped(self) -> int:
        return await asyncio.shield(self._reaped)

    def stack(self) -> str:
        return ""

    def last_lines(self) -> str:
        return ""

    def _stop(self, hand_back: bool) -> None:
        if self._executor is None:
            self.process.end(0)
        else:
            self._executor.stop(hand_back)

    async def _live(self) -> None:
        host = self.host
        await asyncio.sleep(0.02 + 0.2 * host.random.random())  # it loads the app
        seat = WorldSeat(self, self._users)
        self._executor = Executor(
            self.spec,
            host.world.lambdas,
            host.world.new_link(host.name),
            seat,
            host.executor_tuning,
            plain_runner=SimulatedThreads,
        )
        self.say(Ready())
        await self._executor.run()
        self.process.end(0)

    def say(self, word: ExecutorWord) -> None:
        """Over the control socket."""
        self._words.put_nowait(word)
        self.host.world.chronicle.note(self.spec.name, "says", detail=word)

    def _ended(self, status: int) -> None:
        chronicle = self.host.world.chronicle
        chronicle.note(self.spec.name, f"is dead, status {status}")
        for interval in tuple(self.running):
            chronicle.finish(interval, "killed" if status == SIGKILL_STATUS else "crashed")
        self.running.clear()
        # Death is one thing, being told of it another.
        self.host.world.later(0.003 * self.host.random.random(), self._tell, status)

    def _tell(self, status: int) -> None:
        self._words.put_nowait(None)
        self._reaped.set_result(status)


class WorldSeat:
    """`Seat` of an executor: two threads, a host's own monotonic clock."""

    def __init__(self, place: ExecutorPlace, users: Domain) -> None:
        self.board = place.memory_board
        self._place = place
        self._users = users
        self.monotonic_s = place.host.monotonic_s
        self.chance = place.host.random.random
        self.say = place.say

    def post_to_user(self, callback: Callable[[], None]) -> None:
        self._users.post(callback)

    def post_to_platform(self, callback: Callable[[], None]) -> None:
        self._place.process.main.post(callback)

    def start_thread(self, body: Callable[[], None]) -> None:
        raise NotImplementedError("simulated threads run coroutines: see `SimulatedThreads`")

    def new_thread(self) -> Domain:
        """For a simulated thread."""
        return self._place.process.new_thread()

    def die(self, word: ExecutorWord) -> None:
        self.say(word)
        self._place.process.end(SIGKILL_STATUS)


class SimulatedThreads:
    """Twin of `ThreadRunner`: plain functions are coroutines here, each thread a domain of its own."""

    can_interrupt = False

    def __init__(self, seat: Seat, turn: Turn, slots: int) -> None:
        assert isinstance(seat, WorldSeat)
        self._seat, self._turn, self._slots = seat, turn, slots
        self._buffer: deque[Held] = deque()
        self._tokens: asyncio.Queue[None] = asyncio.Queue()
        self._is_started = False

    def offer(self, claims: list[Held]) -> None:
        if not self._is_started:
            self._is_started = True
            for _ in range(self._slots):
                self._seat.new_thread().start(self._work())
        self._buffer.extend(claims)
        for _ in claims:
            self._tokens.put_nowait(None)

    def withdraw(self, held: Held) -> bool:
        try:
            self._buffer.remove(held)
        except ValueError:
            return False
        return True

    def take_back(self) -> list[Held]:
        taken = list(self._buffer)
        self._buffer.clear()
        return taken

    def interrupt(self, held: Held) -> None:
        held.cancelled = True

    async def _work(self) -> None:
        while True:
            await self._tokens.get()
            if not self._buffer:
                continue
            held = self._buffer.popleft()
            if self._turn.begins(held):
                await asyncio.create_task(self._call(held))
                self._turn.is_over(held)

    async def _call(self, held: Held) -> None:
        RUNNING.set(held)
        runnable = held.work.runnable
        try:
            arguments = runnable.decode(held.payload)
        except BaseException as error:  # noqa: BLE001 - as in `ThreadRunner`
            held.report = undecodable(held, error)
            return
        try:
            value: Any = await runnable.call(arguments)
        except BaseException as error:  # noqa: BLE001 - as in `ThreadRunner`
            held.report = raised(held, error, self._turn.run_us(held))
        else:
            held.report = returned(held, value, self._turn.run_us(held))
