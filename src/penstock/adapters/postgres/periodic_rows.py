"""Rows of periodic schedules to the model's words. Columns stand in the order in which the statements name them."""

from collections.abc import Sequence
from typing import Any

from penstock.model.identity import TaskId
from penstock.model.lane import LaneId, priority_of
from penstock.model.periodic import Definition, DueSchedule, Misfire, NewSchedule, Overlap, Passed, Schedule
from penstock.model.rhythm import Rhythm


def schedule_of(row: Sequence[Any]) -> Schedule:
    """id, namespace_id, name, lambda, lane, four of the rhythm, payload, collection, misfire, overlap, jitter_us,
    edition, app, paused, retired, next_tick, seed, last_tick, last_task_id, passed_tick, passed.
    """
    return Schedule(
        id=row[0],
        namespace_id=row[1],
        definition=Definition(
            name=row[2],
            lambda_name=row[3],
            rhythm=rhythm_of(row[5:9]),
            payload=row[9],
            collection=row[10],
            priority=priority_of(LaneId(row[4])),
            misfire=Misfire(row[11]),
            overlap=Overlap(row[12]),
            jitter_us=row[13],
        ),
        edition=row[14],
        app=row[15],
        paused=row[16],
        retired=row[17],
        next_tick_us=row[18],
        seed=row[19],
        last_tick_us=row[20] or 0,
        last_task_id=None if row[21] is None else TaskId(row[21]),
        passed_tick_us=row[22] or 0,
        passed=None if row[23] is None else Passed(row[23]),
    )


def due_schedule_of(row: Sequence[Any]) -> DueSchedule:
    """id, edition, four of the rhythm, misfire, overlap, jitter_us, seed, next_tick, look_at, waiting_since,
    last_task_id, whether that one lives, bytes of the payload.
    """
    return DueSchedule(
        id=row[0],
        edition=row[1],
        rhythm=rhythm_of(row[2:6]),
        misfire=Misfire(row[6]),
        overlap=Overlap(row[7]),
        jitter_us=row[8],
        seed=row[9],
        next_tick_us=row[10],
        look_at_us=row[11],
        waiting_since_us=row[12] or 0,
        last_task_id=None if row[13] is None else TaskId(row[13]),
        last_task_lives=row[14],
        payload_bytes=row[15],
    )


def rhythm_of(row: Sequence[Any]) -> Rhythm:
    """cron, zone, interval_us, anchor."""
    return Rhythm(*row)


def columns_of(schedules: Sequence[NewSchedule]) -> dict[str, list[Any]]:
    """New schedules by column."""
    definitions = [new.definition for new in schedules]
    rhythms = [definition.rhythm for definition in definitions]
    return {
        "name": [definition.name for definition in definitions],
        "lane": [new.lane for new in schedules],
        "bucket": [new.bucket for new in schedules],
        "cron": [rhythm.cron for rhythm in rhythms],
        "zone": [rhythm.zone for rhythm in rhythms],
        "interval_us": [rhythm.interval_us for rhythm in rhythms],
        "anchor": [rhythm.anchor_us for rhythm in rhythms],
        "payload": [definition.payload for definition in definitions],
        "collection": [definition.collection for definition in definitions],
        "misfire": [definition.misfire for definition in definitions],
        "overlap": [definition.overlap for definition in definitions],
        "jitter_us": [definition.jitter_us for definition in definitions],
        "seed": [new.seed for new in schedules],
        "next_tick": [new.next_tick_us for new in schedules],
        "look_at": [new.look_at_us for new in schedules],
    }
