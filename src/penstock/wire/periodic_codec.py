"""Periodic schedules between the model and protobuf."""

from typing import Final

from penstock.model.errors import InvalidInput
from penstock.model.periodic import Definition, Misfire, Overlap, Schedule
from penstock.model.rhythm import Rhythm
from penstock.wire.numbers import PRIORITY_TO_WIRE, priority_of_wire
from penstock.wire.v1 import penstock_pb2 as pb

_MISFIRE_TO_WIRE: Final[dict[Misfire, pb.Misfire]] = {
    Misfire.SKIP: pb.MISFIRE_SKIP,
    Misfire.ONCE: pb.MISFIRE_ONCE,
    Misfire.ALL: pb.MISFIRE_ALL,
}
_OVERLAP_TO_WIRE: Final[dict[Overlap, pb.Overlap]] = {
    Overlap.ALLOW: pb.OVERLAP_ALLOW,
    Overlap.SKIP: pb.OVERLAP_SKIP,
    Overlap.QUEUE: pb.OVERLAP_QUEUE,
}
_MISFIRE_FROM_WIRE: Final[dict[int, Misfire]] = {
    pb.MISFIRE_UNSPECIFIED: Misfire.ONCE,
    **{number: misfire for misfire, number in _MISFIRE_TO_WIRE.items()},
}
_OVERLAP_FROM_WIRE: Final[dict[int, Overlap]] = {
    pb.OVERLAP_UNSPECIFIED: Overlap.ALLOW,
    **{number: overlap for overlap, number in _OVERLAP_TO_WIRE.items()},
}


def definition_to_wire(definition: Definition) -> pb.PeriodicDefinition:
    """Fields by the same names."""
    rhythm = definition.rhythm
    message = pb.PeriodicDefinition(
        name=definition.name,
        cron=rhythm.cron,
        every_us=rhythm.interval_us,
        tz=rhythm.zone if rhythm.cron else "",
        anchor_us=rhythm.anchor_us,
        payload=definition.payload,
        collection=definition.collection,
        priority=PRIORITY_TO_WIRE[definition.priority],
        misfire=_MISFIRE_TO_WIRE[definition.misfire],
        overlap=_OVERLAP_TO_WIRE[definition.overlap],
        jitter_us=definition.jitter_us,
    )
    setattr(message, "lambda", definition.lambda_name)
    return message


def definition_from_wire(message: pb.PeriodicDefinition) -> Definition:
    """As it was sent, with defaults for what was not; raises `InvalidInput` for numbers that name nothing."""
    if message.misfire not in _MISFIRE_FROM_WIRE:
        raise InvalidInput("misfire", f"{message.misfire} is none; use skip, once or all")
    if message.overlap not in _OVERLAP_FROM_WIRE:
        raise InvalidInput("overlap", f"{message.overlap} is none; use allow, skip or queue")
    return Definition(
        name=message.name,
        lambda_name=getattr(message, "lambda"),
        rhythm=Rhythm(message.cron, message.tz or "UTC", message.every_us, message.anchor_us),
        payload=message.payload or b"{}",
        collection=message.collection,
        priority=priority_of_wire(message.priority),
        misfire=_MISFIRE_FROM_WIRE[message.misfire],
        overlap=_OVERLAP_FROM_WIRE[message.overlap],
        jitter_us=message.jitter_us,
    )


def schedule_to_wire(schedule: Schedule) -> pb.PeriodicSchedule:
    """All that callers are shown."""
    return pb.PeriodicSchedule(
        definition=definition_to_wire(schedule.definition),
        app=schedule.app,
        paused=schedule.paused,
        retired=schedule.retired,
        next_tick_us=schedule.next_tick_us,
        last_tick_us=schedule.last_tick_us,
        last_task_id=schedule.last_task_id or b"",
        passed_tick_us=schedule.passed_tick_us,
        passed="" if schedule.passed is None else schedule.passed.name.lower(),
    )
