"""Worker hosts: controllers and executors killed, stopped, paused past their leases."""

import asyncio
from random import Random
from typing import TYPE_CHECKING, Final

from penstock.model.policy import CRASHES_MAX
from penstock.testing.world.faults.pausing import pause
from penstock.testing.world.faults.shape import SIGKILL_STATUS, Fault, felt
from penstock.testing.world.processes import SimulatedProcess

if TYPE_CHECKING:
    from penstock.testing.world.world import World


async def controller_killed(world: "World", random: Random) -> bool:
    """And with it all executors of its host."""
    host = random.choice(world.hosts)
    return felt(world, host.kill_controller(), "controller killed", host.name)


async def controller_stopped_in_order(world: "World", random: Random) -> bool:
    """SIGTERM."""
    host = random.choice(world.hosts)
    return felt(world, host.stop_controller_in_order(), "controller stopped in order", host.name)


async def controller_paused(world: "World", random: Random) -> bool:
    """Its executors go on without anybody to look after them."""
    process = random.choice(world.hosts).controller_process
    return process is not None and await pause(
        world, [process], random.choice((0.5, 3.0, world.terms.lease_s + 2.0)), "controller paused"
    )


async def executor_killed(world: "World", random: Random) -> bool:
    """SIGKILL, as the kernel does when memory is short.

    Nobody can tell it from a crash by the task that ran alone there, so no task meets it often enough to be
    taken for poison.
    """
    process = _some_executor(world, random)
    if process is None:
        return False
    tasks = {interval.task for interval in world.executor_of(process).running}
    if any(world.kills[task] + 1 >= CRASHES_MAX for task in tasks):
        return False
    world.kills.update(tasks)
    process.end(SIGKILL_STATUS)
    return felt(world, True, "executor killed", process.name)


async def executor_paused(world: "World", random: Random) -> bool:
    """SIGSTOP and SIGCONT, within its leases."""
    process = _some_executor(world, random)
    return process is not None and await pause(world, [process], random.uniform(0.1, 3.5), "executor paused")


async def executor_paused_past_its_lease(world: "World", random: Random) -> bool:
    """Its supervisor must end what runs there before the lease does."""
    process = _some_executor(world, random)
    pause_s = world.terms.lease_s * random.uniform(0.8, 2.2)
    return process is not None and await pause(world, [process], pause_s, "executor paused past its lease")


async def host_paused(world: "World", random: Random) -> bool:
    """The whole machine stands still past its leases: nobody there can know, until it goes on."""
    host = random.choice(world.hosts)
    processes = [each.process for each in host.living]
    if host.controller_process is not None:
        processes.append(host.controller_process)
    random.shuffle(processes)
    return await pause(world, processes, world.terms.lease_s * random.uniform(0.5, 1.6), "host paused")


async def starts_refused(world: "World", random: Random) -> bool:
    """The machine cannot make another process, a few times."""
    host, before = random.choice(world.hosts), world.chronicle.effects["executor not started"]
    host.starts_to_refuse = random.choice((1, 3))
    await asyncio.sleep(5.0)
    host.starts_to_refuse = 0
    return world.chronicle.effects["executor not started"] > before


def _some_executor(world: "World", random: Random) -> SimulatedProcess | None:
    """One with something to do, rather than another."""
    living = [place for host in world.hosts for place in host.living]
    busy = [place for place in living if place.running]
    candidates = busy or living
    return random.choice(candidates).process if candidates else None


WORKERS: Final[dict[str, tuple[float, Fault]]] = {
    "controller killed": (1, controller_killed),
    "controller stopped in order": (1, controller_stopped_in_order),
    "controller paused": (0.7, controller_paused),
    "executor killed": (2, executor_killed),
    "executor paused": (1, executor_paused),
    "executor paused past its lease": (2, executor_paused_past_its_lease),
    "host paused": (0.7, host_paused),
    "starts refused": (0.3, starts_refused),
}
"""name -> (weight, fault)"""
