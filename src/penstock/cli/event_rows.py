"""How streams and events look to people and to programs."""

import base64
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from rich.text import Text

from penstock.cli.output import print_table
from penstock.cli.text import one_line, visible
from penstock.cli.when import iso, local, span
from penstock.model.event_rules import is_json
from penstock.model.limits import STREAM_COUNT_MAX
from penstock.wire.v1 import penstock_pb2 as pb

_DATA_SHOWN: Final = 200


def event_json(event: pb.Event) -> dict[str, Any]:
    """A CloudEvent in its JSON format, with its place: data that is no JSON stands in `data_base64`."""
    return {
        "specversion": "1.0",
        "stream": event.stream,
        "subject": event.subject,
        "sequence": event.sequence,
        "stored_at": iso(event.appended_at_us),
        "source": event.source,
        "id": event.id,
        "type": event.type,
        "time": iso(event.time_us),
        "datacontenttype": event.content_type,
        **_data(event),
        **dict(sorted(event.extensions.items())),
    }


def stream_json(stream: pb.Stream) -> dict[str, Any]:
    """A stream for programs; counts end at 10,000."""
    return {
        "stream": stream.name,
        "created_at": iso(stream.created_at_us),
        "keep_s": stream.keep_s or None,
        "hold_s": stream.hold_s or None,
        "blocked_s": stream.blocked_s or None,
        "unseen_s": stream.unseen_s or None,
        "schema": stream.schema_subject or None,
        "subjects": stream.subjects,
        "events": stream.events,
        "newest_at": iso(stream.newest_at_us),
    }


def subject_json(head: pb.SubjectHead) -> dict[str, Any]:
    """How far a subject has come, for programs."""
    return {
        "subject": head.subject,
        "sequence": head.sequence,
        "appended": head.appended,
        "stored_at": iso(head.appended_at_us),
    }


def print_events(events: Sequence[pb.Event]) -> None:
    """One line each."""
    columns = ("STORED", "SUBJECT", "SEQUENCE", "TYPE", "DATA")
    print_table(columns, [_event_row(event) for event in events])


def print_streams(streams: Sequence[pb.Stream]) -> None:
    """One line each."""
    columns = ("STREAM", "SUBJECTS", "EVENTS", "KEEPS", "NEWEST")
    print_table(columns, [_stream_row(stream) for stream in streams])


def print_subjects(heads: Sequence[pb.SubjectHead]) -> None:
    """One line each."""
    rows = [
        [local(each.appended_at_us), str(each.sequence), str(each.appended), one_line(each.subject)] for each in heads
    ]
    print_table(("LAST", "SEQUENCE", "EVENTS", "SUBJECT"), rows)


def keeps(stream: pb.Stream) -> str:
    """How long it keeps its events."""
    least = _span(stream.keep_s) if stream.keep_s else "as the platform"
    return f"{least}, for cursors {_span(stream.hold_s)}" if stream.hold_s else least


def holds(stream: pb.Stream) -> str:
    """For whom it keeps them longer, and when no more; "": for nobody."""
    if not stream.hold_s:
        return ""
    return (
        f"until all cursors have passed, at longest {_span(stream.hold_s)}; not for a subject blocked for "
        f"{_span(stream.blocked_s)}, nor for a subscription that nobody has served for {_span(stream.unseen_s)}"
    )


def _span(seconds: float) -> str:
    return span(round(seconds * 1_000_000))


def _data(event: pb.Event) -> dict[str, Any]:
    if not event.data:
        return {}
    if is_json(event.content_type):
        return {"data": msgspec.json.decode(event.data)}
    return {"data_base64": base64.b64encode(event.data).decode()}


def _event_row(event: pb.Event) -> list[str | Text]:
    readable = is_json(event.content_type) or event.content_type.startswith("text/")
    kind = f"{len(event.data)} bytes of {event.content_type}"
    shown = event.data[:_DATA_SHOWN].decode(errors="replace") if readable else kind
    return [
        local(event.appended_at_us),
        visible(event.subject),
        str(event.sequence),
        visible(event.type),
        one_line(shown),
    ]


def _stream_row(stream: pb.Stream) -> list[str | Text]:
    return [stream.name, _count(stream.subjects), _count(stream.events), keeps(stream), local(stream.newest_at_us)]


def _count(count: int) -> str:
    return f"{STREAM_COUNT_MAX} or more" if count >= STREAM_COUNT_MAX else str(count)
