"""Shortest ways to a periodic schedule, and to its ticks."""

from typing import Any

from msgspec import structs

from penstock.model import periodic
from penstock.model.lane import lane_of
from penstock.model.periodic import Advance, Definition, DueSchedule, NewSchedule, Schedule
from penstock.model.policy import DEFAULT_POLICY
from penstock.model.rhythm import Rhythm
from penstock.ports.due_work import ALL_BUCKETS
from penstock.ports.periodic import Advanced, TickMade
from penstock.ports.registry import Registration
from penstock.testing.contracts.scene import Scene

MINUTE_US = 60_000_000
EVERY_MINUTE = Rhythm(interval_us=MINUTE_US)


async def register(scene: Scene) -> None:
    """A worker serves `mail.send`: its ticks' tasks are held for nothing."""
    await scene.store.registry.register(scene.namespace_id, [Registration("mail.send", "1", DEFAULT_POLICY, b"")])


def new_schedule(scene: Scene, next_tick_us: int, *, bucket: int = 7, **fields: Any) -> NewSchedule:
    """Every minute for `mail.send`; `fields` are those of `Definition`."""
    definition = structs.replace(Definition("mail.send", "mail.send", EVERY_MINUTE, b'{"to":"ada"}'), **fields)
    lane = lane_of(scene.lambda_id, definition.priority)
    look_at_us = periodic.due_us(next_tick_us, b"seed", definition.jitter_us)
    return NewSchedule(definition, lane, b"seed", bucket, next_tick_us, look_at_us)


async def created(scene: Scene, ahead_s: float = 0.0, **fields: Any) -> Schedule:
    """A schedule whose next tick is so far ahead of the store's clock."""
    next_tick_us = await scene.now_us() + round(ahead_s * 1_000_000)
    return await scene.store.schedules.create(scene.namespace_id, new_schedule(scene, next_tick_us, **fields))


async def due(scene: Scene) -> list[DueSchedule]:
    """What is to be looked at now."""
    return (await scene.store.ticks.due(ALL_BUCKETS, 100)).schedules


def step(seen: DueSchedule, *ticks_us: int, **fields: Any) -> Advance:
    """Makes these ticks' tasks (the one that is due, if none is named) and goes on a minute after the last."""
    made = ticks_us or (seen.next_tick_us,)
    following_us = made[-1] + MINUTE_US
    usual = Advance(seen.id, seen.edition, seen.next_tick_us, made, following_us, following_us, not_before_us=made[-1])
    return structs.replace(usual, **fields)


async def advance(scene: Scene, *advances: Advance) -> Advanced:
    """Write them."""
    return await scene.store.ticks.advance(advances, await scene.now_us())


async def ticks(scene: Scene, schedule: Schedule) -> list[TickMade]:
    """The ticks that made a task, the oldest first."""
    return (await scene.store.schedules.ticks(schedule.id, 1_000))[::-1]


async def found(scene: Scene, name: str = "mail.send") -> Schedule:
    """The schedule as it stands now."""
    schedule = await scene.store.schedules.find(scene.namespace_id, name)
    assert schedule is not None
    return schedule
