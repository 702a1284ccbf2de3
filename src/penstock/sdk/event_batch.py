"""Many events as one Publish request. No I/O."""

import re
from collections.abc import Sequence
from typing import Any, Final, TypeVar

from penstock.model.errors import InvalidInput, PenstockError
from penstock.model.event import ANY_SEQUENCE
from penstock.sdk.event import Publication
from penstock.wire.v1 import penstock_pb2 as pb

Value = TypeVar("Value")
_PLACE: Final = re.compile(r"groups\[\d+\]\.([a-z_]+)\[\d+\]")
_WORDS: Final = {
    "subjects": "subject",
    "types": "type",
    "sources": "source",
    "ids": "id",
    "times_us": "time",
    "content_types": "content_type",
}


def group_by_stream(events: Sequence[Publication]) -> list[list[int]]:
    """Positions of the events of each stream, in order."""
    groups: dict[str, list[int]] = {}
    for at, event in enumerate(events):
        groups.setdefault(event.stream, []).append(at)
    return list(groups.values())


def make_request(
    events: Sequence[Publication], groups: Sequence[Sequence[int]], namespace: str, token: bytes
) -> pb.PublishRequest:
    """The request for these groups of positions."""
    return pb.PublishRequest(
        namespace=namespace,
        groups=[_group([events[at] for at in positions]) for positions in groups],
        request_token=token,
    )


def read_reply(reply: pb.PublishReply, groups: Sequence[Sequence[int]]) -> list[int | Exception]:
    """One sequence an event, in the order of the events."""
    order = [at for positions in groups for at in positions]
    if len(reply.sequences) != len(order):
        return [PenstockError("the platform's answer has another number of events than the request")] * len(order)
    sequences: list[Any] = [0] * len(order)
    for at, sequence in zip(order, reply.sequences, strict=True):
        sequences[at] = sequence
    return sequences


def as_one_event(error: Exception) -> Exception:
    """A refusal of a request that held one event, in the words of who wrote it."""
    if isinstance(error, InvalidInput) and (place := _PLACE.match(error.field)):
        return type(error)(_WORDS.get(place[1], place[1]), error.problem)
    return error


def _group(events: list[Publication]) -> pb.EventGroup:
    extensions = [event.extensions for event in events]
    return pb.EventGroup(
        stream=events[0].stream,
        data=[event.data for event in events],
        subjects=_shared([event.subject for event in events], ""),
        types=_shared([event.type for event in events], ""),
        sources=_shared([event.source for event in events], ""),
        ids=_given([event.id for event in events], ""),
        times_us=_shared([event.time_us for event in events], 0),
        content_types=_shared([event.content_type for event in events], ""),
        extensions=[pb.EventExtensions(attributes=each) for each in _shared(extensions, {})],
        expected=_given([event.expected for event in events], ANY_SEQUENCE),
    )


def _shared(values: list[Value], none: Value) -> list[Value]:
    """One value for all if it is the same; nothing if there is none."""
    first = values[0]
    if values.count(first) == len(values):
        return [] if first == none else [first]
    return values


def _given(values: list[Value], none: Value) -> list[Value]:
    """One value an event; nothing if there is none."""
    return [] if values.count(none) == len(values) else values
