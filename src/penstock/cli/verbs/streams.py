"""`penstock streams`: which there are, what stands in them, and how long."""

import sys
from typing import Annotated

import typer

from penstock.cli.event_rows import holds, keeps, print_streams, print_subjects, stream_json, subject_json
from penstock.cli.flags import Address, AsJson, Namespace
from penstock.cli.output import print_json
from penstock.cli.stream_client import StreamClient
from penstock.cli.when import parse_duration_us
from penstock.model.event_rules import check_stream
from penstock.model.stream import check_keep_s
from penstock.model.stream_hold import HoldChange, check_hold
from penstock.wire.v1 import penstock_pb2 as pb

verb = typer.Typer(
    add_completion=False, no_args_is_help=True, help="List streams, and set how long they keep their events."
)

Stream = Annotated[str, typer.Argument(metavar="STREAM", help="Its name.")]
_AS_THE_PLATFORM = "default"
_SETTINGS = ("stream", "created_at", "keep_s", "hold_s", "blocked_s", "unseen_s", "schema")


@verb.command("list")
def list_streams(
    limit: Annotated[int, typer.Option(min=1, help="At most so many, by name.")] = 100,
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """List streams by name, with what stands in each, counted up to 10,000."""
    with StreamClient(address, namespace) as client:
        streams = list(client.streams(limit))
    if as_json:
        print_json([stream_json(stream) for stream in streams])
    elif streams:
        print_streams(streams)
        if len(streams) == limit:
            print(f"the first {limit}; --limit shows more", file=sys.stderr)
    else:
        print("no streams; the first event that is published to one makes it", file=sys.stderr)


@verb.command()
def show(
    stream: Stream,
    limit: Annotated[int, typer.Option(min=1, help="At most so many subjects.")] = 20,
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """Show one stream, and how far its subjects have come."""
    check_stream(stream, "STREAM")
    with StreamClient(address, namespace) as client:
        found = client.stream(stream)
        heads = list(client.subjects(stream, limit))
    if as_json:
        print_json({**stream_json(found), "heads": [subject_json(head) for head in heads]})
        return
    print_streams([found])
    _print_holds(found)
    if found.schema_subject:
        print(f"its data are of the schemas of {found.schema_subject}", file=sys.stderr)
    if heads:
        print()
        print_subjects(heads)
        if found.subjects > len(heads):
            print(f"{len(heads)} of its subjects; --limit shows more", file=sys.stderr)


@verb.command("set-retention")
def set_retention(
    stream: Stream,
    keep: Annotated[
        str, typer.Argument(metavar="TIME", help="Such as 12h, 7d or 4w; `default`: as long as the platform does.")
    ],
    until_passed: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Until all cursors have passed them, at longest so; `none`: no longer."),
    ] = None,
    blocked: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="A subject blocked for so long holds no more; `default`: 7 days."),
    ] = None,
    unseen: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="A subscription unserved for so long holds no more; `default`: 14 days."),
    ] = None,
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """Set how long a stream keeps its events: one hour to ten years. One that nobody has named is made."""
    check_stream(stream, "STREAM")
    keep_s = 0.0 if keep == _AS_THE_PLATFORM else _seconds(keep)
    hold = HoldChange(
        _held_s(until_passed, "none", "--until-passed"),
        _held_s(blocked, _AS_THE_PLATFORM, "--blocked"),
        _held_s(unseen, _AS_THE_PLATFORM, "--unseen"),
    )
    check_hold(hold, keep_s, ("--until-passed", "--blocked", "--unseen"))
    with StreamClient(address, namespace) as client:
        kept = client.keep(stream, keep_s, hold)
    if as_json:
        whole = stream_json(kept)
        print_json({name: whole[name] for name in _SETTINGS})
    else:
        print(f"{kept.name} keeps its events: {keeps(kept)}")
        _print_holds(kept)


@verb.command("set-schema")
def set_schema(
    stream: Stream,
    subject: Annotated[str, typer.Argument(metavar="SUBJECT", help="Of the schema registry; `none`: any data.")],
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """Set of which schemas the data of a stream are: what does not fit is refused where it is published."""
    check_stream(stream, "STREAM")
    with StreamClient(address, namespace) as client:
        named = client.name_schema(stream, "" if subject == "none" else subject)
    if as_json:
        whole = stream_json(named)
        print_json({name: whole[name] for name in _SETTINGS})
    elif named.schema_subject:
        print(f"{named.name} takes data of the schemas of {named.schema_subject}")
    else:
        print(f"{named.name} takes any data")


def _held_s(said: str | None, zero: str, flag: str) -> float | None:
    if said is None or said == zero:
        return None if said is None else 0.0
    # As below: who writes 0 means no time at all.
    return parse_duration_us(said, flag) / 1_000_000 or 1e-6


def _print_holds(stream: pb.Stream) -> None:
    if stream.hold_s:
        print(holds(stream), file=sys.stderr)


def _seconds(keep: str) -> float:
    # 0 stands for the platform's own: who writes it means no time at all, which none may be.
    return check_keep_s(parse_duration_us(keep, "TIME") / 1_000_000 or 1e-6, "TIME")
