"""SIGSTOP and SIGCONT."""

import asyncio
from typing import TYPE_CHECKING

from penstock.testing.world.faults.shape import felt
from penstock.testing.world.processes import SimulatedProcess

if TYPE_CHECKING:
    from penstock.testing.world.world import World


async def pause(world: "World", processes: list[SimulatedProcess], for_s: float, fault: str) -> bool:
    """All of them at once, those that are alive, and then they go on."""
    stopped = [process for process in processes if process.is_alive and not process.is_stopped]
    for process in stopped:
        process.stop()
        felt(world, True, fault, f"{process.name} for {for_s:.2f} s")
    await asyncio.sleep(for_s)
    for process in stopped:
        process.go_on()
        world.chronicle.note(process.name, "goes on" if process.is_alive else "does not go on: it is dead")
    return bool(stopped)
