"""Deliveries between the model and protobuf: all events of a message in columns, whoever they are for."""

from collections.abc import Iterable, Sequence
from itertools import chain, islice, repeat
from typing import TypeVar

from penstock.model.delivery import Span
from penstock.model.event import Event
from penstock.model.work import Assignment
from penstock.wire.v1 import penstock_pb2 as pb

Value = TypeVar("Value")


def deliveries_to_wire(assignments: Sequence[Assignment]) -> pb.Deliveries | None:
    """Those among them that are deliveries; None when all are tasks."""
    places = [at for at, each in enumerate(assignments) if each.span is not None]
    if not places:
        return None
    deliveries = [assignments[at] for at in places]
    spans = [each.span for each in deliveries if each.span is not None]
    counts = [len(each.events) for each in deliveries]
    events = [event for each in deliveries for event in each.events]
    return pb.Deliveries(
        positions=places if len(places) < len(assignments) else (),
        streams=_shared([span.stream for span in spans]),
        subjects=[span.subject for span in spans],
        after=[span.after for span in spans],
        upto=[span.upto for span in spans],
        counts=counts if counts.count(1) < len(counts) else (),
        sequences=[event.sequence for event in events],
        data=[event.data for event in events],
        types=_shared([event.type for event in events]),
        sources=_shared([event.source for event in events]),
        ids=[event.id for event in events],
        times_us=[event.time_us for event in events],
        appended_at_us=[event.appended_at_us for event in events],
        content_types=_shared([event.content_type for event in events]),
        extensions={
            at: pb.EventExtensions(attributes=event.extensions) for at, event in enumerate(events) if event.extensions
        },
    )


def handed_over(wire: pb.Deliveries, rows: int) -> Iterable[tuple[list[Event], Span | None]]:
    """What each of the `rows` tasks of the message hands over. Trusts the server for columns that fit one another."""
    subjects = wire.subjects
    streams = _each(wire.streams, len(subjects))
    counts = wire.counts or [1] * len(subjects)
    events = map(Event, *_event_columns(wire, streams, counts))
    spans = map(Span, streams, subjects, wire.after, wire.upto)
    handed = [(list(islice(events, count)), span) for count, span in zip(counts, spans, strict=True)]
    if not wire.positions:
        return handed
    of_all: list[tuple[list[Event], Span | None]] = [([], None)] * rows
    for at, each in zip(wire.positions, handed, strict=True):
        of_all[at] = each
    return of_all


def _event_columns(wire: pb.Deliveries, streams: Iterable[str], counts: Sequence[int]) -> tuple[Iterable[object], ...]:
    """In the order of the fields of an event."""
    rows = len(wire.sequences)
    subjects: Iterable[str] = wire.subjects
    if wire.counts:
        streams = chain.from_iterable(map(repeat, streams, counts))
        subjects = chain.from_iterable(map(repeat, subjects, counts))
    return (
        streams,
        subjects,
        wire.sequences,
        _each(wire.appended_at_us, rows),
        _each(wire.sources, rows),
        _each(wire.ids, rows),
        _each(wire.types, rows),
        _each(wire.times_us, rows),
        _each(wire.content_types, rows),
        wire.data,
        _extensions(wire, rows),
    )


def _extensions(wire: pb.Deliveries, rows: int) -> Iterable[dict[str, str]]:
    if not wire.extensions:
        return [{} for _ in range(rows)]
    given = {at: dict(each.attributes) for at, each in wire.extensions.items()}
    return [given.get(at, {}) for at in range(rows)]


def _shared(values: Sequence[Value]) -> Sequence[Value]:
    """One value for all if it is the same."""
    return values[:1] if values and values.count(values[0]) == len(values) else values


def _each(values: Sequence[Value], rows: int) -> Sequence[Value]:
    """One value for each of them."""
    return [values[0]] * rows if len(values) == 1 else values
