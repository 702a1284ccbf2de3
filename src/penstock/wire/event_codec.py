"""Events and streams on the wire."""

from penstock.model.event import Event
from penstock.model.stream import Stream, StreamCount, SubjectHead
from penstock.model.stream_hold import HoldChange
from penstock.wire.v1 import penstock_pb2 as pb


def event_to_wire(event: Event) -> pb.Event:
    """All of it: the fields have the same names."""
    return pb.Event(**{field: getattr(event, field) for field in Event.__struct_fields__})


def stream_to_wire(stream: Stream) -> pb.Stream:
    """A stream without counts."""
    wire = pb.Stream(
        name=stream.name,
        created_at_us=stream.created_at_us,
        keep_s=stream.keep_s,
        schema_subject=stream.schema_subject,
    )
    if stream.hold.longest_s:
        hold = stream.hold
        wire.hold_s, wire.blocked_s, wire.unseen_s = hold.longest_s, hold.blocked_for_s, hold.unseen_for_s
    return wire


def hold_from_wire(request: pb.SetStreamRequest) -> HoldChange:
    """What a stream is to do for cursors."""
    return HoldChange(
        request.hold_s if request.HasField("hold_s") else None,
        request.blocked_s if request.HasField("blocked_s") else None,
        request.unseen_s if request.HasField("unseen_s") else None,
    )


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
