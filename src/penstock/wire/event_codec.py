"""Events and streams on the wire."""

from penstock.model.event import Event
from penstock.model.stream import Stream, StreamCount, SubjectHead
from penstock.wire.v1 import penstock_pb2 as pb


def event_to_wire(event: Event) -> pb.Event:
    """All of it: the fields have the same names."""
    return pb.Event(**{field: getattr(event, field) for field in Event.__struct_fields__})


def stream_to_wire(stream: Stream) -> pb.Stream:
    """A stream without counts."""
    return pb.Stream(name=stream.name, created_at_us=stream.created_at_us, keep_s=stream.keep_s)


def count_to_wire(count: StreamCount) -> pb.Stream:
    """A stream with what stands in it."""
    wire = stream_to_wire(count.stream)
    wire.subjects, wire.events, wire.newest_at_us = count.subjects, count.events, count.newest_at_us
    return wire


def head_to_wire(head: SubjectHead) -> pb.SubjectHead:
    """How far a subject has come."""
    return pb.SubjectHead(
        subject=head.subject, sequence=head.sequence, appended=head.appended, appended_at_us=head.appended_at_us
    )
