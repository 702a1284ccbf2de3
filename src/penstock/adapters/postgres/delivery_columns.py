"""Deliveries as the columns of a trip, and rows of the store as the model's words. No I/O."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from penstock.adapters.postgres.codecs import optional_column
from penstock.adapters.postgres.guards import delivery_legal_sources, delivery_target
from penstock.adapters.postgres.rows import running_of
from penstock.model.delivery_row import DeliveryRow, EventLetter, NewDelivery, SetAside, Settle
from penstock.model.identity import TaskId
from penstock.model.lifecycle import Event
from penstock.model.task import Reference
from penstock.ports.deliveries import Raised

if TYPE_CHECKING:
    from penstock.model.lane import LaneId


def raised_of(row: Sequence[Any]) -> Raised:
    """now, oldest of each lane, missing ids, ids enqueued, their lanes, whether they are suspects, lanes that wait."""
    now_us, _, missing, ids, lanes, suspects, waiting = row
    references: dict[LaneId, list[Reference]] = {}
    for task_id, lane, alone in zip(ids or (), lanes or (), suspects or [False] * len(ids or ()), strict=True):
        references.setdefault(lane, []).append(Reference(task_id, alone))
    return Raised(references, now_us, frozenset(waiting or ()), frozenset(missing))


def together(parts: Sequence[Raised]) -> Raised:
    """What several statements did, as one."""
    references: dict[LaneId, list[Reference]] = {}
    for part in parts:
        for lane, some in part.references.items():
            references.setdefault(lane, []).extend(some)
    return Raised(
        references,
        min((part.enqueued_at_us for part in parts if part.references), default=0),
        frozenset().union(*[part.waiting for part in parts]),
        frozenset().union(*[part.missing for part in parts]),
        tuple(dict.fromkeys(place for part in parts for place in part.unmade)),
    )


def new_columns(rows: Sequence[NewDelivery]) -> tuple[Any, ...]:
    """Lane, namespace, stream, start, hash and text of each."""
    return (
        [row.lane for row in rows],
        [row.namespace_id for row in rows],
        [row.stream_id for row in rows],
        [row.start for row in rows],
        [row.subject_hash for row in rows],
        [row.subject for row in rows],
    )


def settle_columns(settles: Sequence[Settle]) -> tuple[Any, ...]:
    """What `delivery_settle` takes."""
    return (
        [each.id for each in settles],
        [each.claim for each in settles],
        [delivery_legal_sources(each.event) for each in settles],
        [None if each.event is Event.CAUGHT_UP else delivery_target(each.event) for each in settles],
        [each.upto for each in settles],
        [each.batch_limit for each in settles],
        [each.tried for each in settles],
        [each.attempts for each in settles],
        [each.crashes for each in settles],
        [each.lapses for each in settles],
        [each.suspect for each in settles],
        [each.delay_us for each in settles],
        optional_column([each.seen_trigger_at_us for each in settles]),
        optional_column([each.namespace_id for each in settles]),
    )


def letter_columns(letters: Sequence[tuple[TaskId, EventLetter]]) -> tuple[Any, ...]:
    """What `event_letters_add` takes."""
    events = [letter.event for _, letter in letters]
    return (
        [task_id for task_id, _ in letters],
        [event.sequence for event in events],
        [event.appended_at_us for event in events],
        [event.time_us or None for event in events],
        [letter.attempts for _, letter in letters],
        [letter.crashes for _, letter in letters],
        [letter.blocks for _, letter in letters],
        [event.type for event in events],
        [event.data for event in events],
        [event.source for event in events],
        [event.id for event in events],
        [event.content_type for event in events],
        [event.extensions for event in events],
        [letter.failure.type for _, letter in letters],
        [letter.failure.message for _, letter in letters],
        [letter.failure.traceback for _, letter in letters],
        [letter.executor for _, letter in letters],
        [letter.reason for _, letter in letters],
    )


def aside_columns(asides: Sequence[tuple[TaskId, SetAside]]) -> tuple[Any, ...]:
    """What `delivery_set_aside` takes."""
    return (
        [task_id for task_id, _ in asides],
        [aside.id for _, aside in asides],
        [aside.sequence for _, aside in asides],
        [aside.attempts for _, aside in asides],
        [aside.crashes for _, aside in asides],
        [aside.suspect for _, aside in asides],
        [aside.delay_us for _, aside in asides],
    )


def row_of(row: Sequence[Any]) -> DeliveryRow:
    """What `running_of` takes, then namespace, stream, subject, hash, cursor, head, batch limit, tried, since."""
    return DeliveryRow(running_of(row), *row[13:])
