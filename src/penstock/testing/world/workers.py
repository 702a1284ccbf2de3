"""A worker host: one controller process after the other, and the executors under it."""

import asyncio
from typing import TYPE_CHECKING

from penstock.execution import Controller, ControllerTuning, ExecutorTuning, plan_groups
from penstock.ports.hosts import ExecutorSpec
from penstock.ports.registry import Registration
from penstock.testing.world.executors import SIGKILL_STATUS, ExecutorPlace
from penstock.testing.world.lambdas import GROUPS
from penstock.testing.world.processes import SimulatedProcess, current_process

if TYPE_CHECKING:
    from penstock.testing.world.world import World


class WorkerHost:
    """Implements `Hosts` for its controller. Its monotonic clock began when it was booted, not when others were."""

    def __init__(self, world: "World", name: str) -> None:
        self.world = world
        self.name = name
        self.random = world.chance.stream(f"host {name}")
        self.executors: list[ExecutorPlace] = []
        self.controller_process: SimulatedProcess | None = None
        self.executor_tuning = ExecutorTuning(
            concurrency=6, threads=2, cancel_grace_s=1.0, stop_grace_s=4.0, interrupt_grace_s=1.0, idle_exit_s=5.0
        )
        self.starts_to_refuse = 0
        self._booted_s = self.random.uniform(1.0, 1e6)
        self._pids = 0
        self._controller: Controller | None = None
        self._starts = 0

    def monotonic_s(self) -> float:
        """This host's own clock."""
        return asyncio.get_running_loop().time() + self._booted_s

    def next_pid(self) -> int:
        """No two processes of the host have had the same."""
        self._pids += 1
        return self._pids

    @property
    def living(self) -> list[ExecutorPlace]:
        """Executors that are alive now."""
        return [each for each in self.executors if each.process.is_alive]

    async def start(self, spec: ExecutorSpec) -> ExecutorPlace:
        await asyncio.sleep(0.001)
        if self.starts_to_refuse:
            self.starts_to_refuse -= 1
            self.world.chronicle.took_effect("executor not started", self.name)
            raise OSError("no more processes")
        place = ExecutorPlace(self, spec, current_process())
        self.executors = [*self.living, place]
        self.world.executor_places[place.process] = place
        return place

    def open(self) -> None:
        """Start a controller here."""
        self._starts += 1
        process = SimulatedProcess(f"{self.name}.{self._starts}")
        self.world.adopt(process)
        self.controller_process = process
        process.on_end.append(self._ended)
        process.main.start(self._control(process))

    def kill_controller(self) -> bool:
        """SIGKILL. False: nobody was there."""
        process = self.controller_process
        if process is None or not process.is_alive:
            return False
        process.end(SIGKILL_STATUS)
        return True

    def stop_controller_in_order(self) -> bool:
        """SIGTERM. False: nobody was there."""
        process, controller = self.controller_process, self._controller
        if process is None or not process.is_alive or process.is_stopped or controller is None:
            return False
        process.main.post(controller.stop)
        return True

    async def _control(self, process: SimulatedProcess) -> None:
        world = self.world
        link = world.new_link(self.name)
        registrations = [
            Registration(each.name, "1", each.policy, b"", subscription=each.subscription)
            for each in world.lambdas.values()
        ]
        self._controller = Controller(
            f"{self.name}.{self._starts}",
            "sim:app",
            plan_groups(list(world.lambdas), GROUPS),
            self,
            link,
            lambda: link.register(registrations),
            ControllerTuning(look_every_s=0.4, stop_within_s=8.0, restart_max_s=2.0),
            self.monotonic_s,
            self.random.random,
        )
        await self._controller.run()
        process.end(0)

    def _ended(self, status: int) -> None:
        self.world.chronicle.note(self.name, f"its controller ended with status {status}")
        self.world.later(0.1 + 2.0 * self.random.random(), self._start_again)

    def _start_again(self) -> None:
        if not self.world.is_over:
            self.open()
