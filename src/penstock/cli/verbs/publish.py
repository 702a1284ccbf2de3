"""`penstock publish`: one event, by hand."""

import json
import os
import re
import sys
from typing import Annotated, Final

import typer

from penstock.cli.flags import Address, AsJson, Namespace
from penstock.cli.output import print_json
from penstock.cli.stream_client import StreamClient
from penstock.cli.when import parse_moment_us
from penstock.model.errors import InvalidInput
from penstock.model.event_rules import SEQUENCE_MAX, check_stream, check_subject, check_type, is_json
from penstock.model.limits import PAYLOAD_DEPTH_MAX
from penstock.model.schema_wire import is_prefixed
from penstock.wire.v1 import penstock_pb2 as pb

verb = typer.Typer(add_completion=False)

_PLACE: Final = re.compile(r"groups\[0\]\.([a-z_]+)(?:\[0\])?")
_FLAGS: Final = {
    "data": "--data",
    "sources": "--source",
    "ids": "--id",
    "times_us": "--time",
    "content_types": "--content-type",
    "extensions": "--extension",
    "expected": "--expected",
}


@verb.command()
def publish(
    stream: Annotated[str, typer.Argument(metavar="STREAM", help="Made by its first event.")],
    subject: Annotated[str, typer.Option(help="What it is about: events of one subject are kept in order.")],
    kind: Annotated[str, typer.Option("--type", help="What kind of event it is, such as file.changed.")],
    data: Annotated[
        str, typer.Option(metavar="JSON", help="Its content; `-` reads standard input, any bytes with --content-type.")
    ] = "",
    content_type: Annotated[str, typer.Option(help="What the data is, if not JSON, such as text/plain.")] = "",
    source: Annotated[str, typer.Option(help="Where it comes from; else the stream's own.")] = "",
    event_id: Annotated[str, typer.Option("--id", help="A repeated source and id is stored once.")] = "",
    time: Annotated[str, typer.Option(metavar="MOMENT", help="When it happened; else now.")] = "",
    extensions: Annotated[
        list[str] | None,
        typer.Option("--extension", metavar="NAME=VALUE", help="A further attribute; repeat for more."),
    ] = None,
    expected: Annotated[
        int | None,
        typer.Option(min=0, max=SEQUENCE_MAX, help="The sequence that the subject must have reached; 0: none yet."),
    ] = None,
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """Publish an event to STREAM."""
    group = pb.EventGroup(
        stream=check_stream(stream, "STREAM"),
        subjects=[check_subject(subject, "--subject")],
        types=[check_type(kind, "--type")],
        data=[_data(data, content_type)],
        content_types=[content_type],
        sources=[source],
        ids=[event_id],
        times_us=[parse_moment_us(time, "--time")] if time else [],
        extensions=[pb.EventExtensions(attributes=_attributes(extensions or []))],
        expected=[] if expected is None else [expected],
    )
    with StreamClient(address, namespace) as client:
        try:
            reply = client.publish(group, os.urandom(16))
        except InvalidInput as refused:
            raise _as_a_flag(refused) from None
    if reply.existing:
        print("an event with this source and id stands already; nothing was stored", file=sys.stderr)
    if as_json:
        print_json({"sequence": reply.sequences[0], "existed": bool(reply.existing)})
    else:
        print(reply.sequences[0])


def _data(text: str, content_type: str) -> bytes:
    raw = sys.stdin.buffer.read() if text == "-" else text.encode("utf-8", "surrogateescape")
    if raw and is_json(content_type) and not is_prefixed(raw):  # a registry's client has written that
        _check_json(raw)
    return raw


def _check_json(raw: bytes) -> None:
    try:
        json.loads(raw)
    except RecursionError:
        raise InvalidInput("--data", f"is nested deeper than {PAYLOAD_DEPTH_MAX} levels") from None
    except ValueError as error:
        hint = """write JSON such as '{"size": 7}' or '"a text"', or say --content-type text/plain"""
        raise InvalidInput("--data", f"{error}; {hint}") from None


def _attributes(pairs: list[str]) -> dict[str, str]:
    attributes = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise InvalidInput("--extension", f"{pair[:40]!r} is not NAME=VALUE")
        if name in attributes:
            raise InvalidInput("--extension", f"{name[:40]!r} is given twice")
        attributes[name] = value
    return attributes


def _as_a_flag(refused: InvalidInput) -> InvalidInput:
    """The platform names a column; here it was written as a flag."""
    place = _PLACE.match(refused.field)
    return InvalidInput(_FLAGS.get(place[1], place[1]), refused.problem) if place else refused
