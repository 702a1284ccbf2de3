"""Cancel or retry many tasks: what it means is shown, somebody says yes, and the platform leads it on."""

import os
import sys
import time
from typing import Any, Final

import typer

from penstock.cli.client import Client
from penstock.cli.exits import FAILED, OK
from penstock.cli.output import print_json, print_table
from penstock.cli.sweep_rows import kind_name, print_sweep, sweep_json
from penstock.cli.task_json import as_line
from penstock.cli.task_rows import print_rows
from penstock.cli.task_words import id_text, status_name
from penstock.cli.when import iso, local
from penstock.cli.who import who
from penstock.model.errors import InvalidInput, NotFound, Unavailable
from penstock.wire.v1 import penstock_pb2 as pb

_COLUMNS: Final = ("COUNT", "LAMBDA", "STATUS", "OLDEST", "NEWEST")
_LOOK_EVERY_S: Final = 0.5


def order_many(client: Client, order: pb.StartSweepRequest, preview: bool, yes: bool, as_json: bool) -> int:
    """From the look before to the last task handled; the exit code."""
    what = pb.SweepKind.Name(order.kind).removeprefix("SWEEP_KIND_").lower()
    try:
        found = client.preview_sweep(order.kind, order.selection)
    except Unavailable:
        if preview or not yes:
            raise
        found = None  # so much stands that a look takes too long: who has said yes need not see it
    if found is not None and (preview or not found.groups):
        _tell(found, what, as_json)
        return OK
    if found is not None and not yes:
        _ask(found, what)
    order.asked_by, order.request_token = who(), os.urandom(16)
    sweep = _follow(client, client.start_sweep(order), found, as_json)
    if as_json:
        print_json(sweep_json(sweep))
    else:
        print_sweep(sweep)
    return OK if sweep.status == pb.SWEEP_STATUS_DONE else FAILED


def _follow(client: Client, sweep: pb.Sweep, found: pb.PreviewSweepReply | None, as_json: bool) -> pb.Sweep:
    """Until it is done, or stopped by somebody; who interrupts this stops nothing."""
    told, of = -1, "" if found is None else f" of {_total(found)}"
    try:
        while sweep.status == pb.SWEEP_STATUS_RUNNING:
            if sweep.handled != told and not as_json:
                told = sweep.handled
                print(f"{kind_name(sweep)}: {told}{of}", file=sys.stderr)
            time.sleep(_LOOK_EVERY_S)
            sweep = _again(client, sweep)
    except KeyboardInterrupt:
        stop = f"penstock sweeps stop {id_text(sweep.sweep_id)}"
        print(f"it goes on by itself; `{stop}` ends it, `penstock sweeps list` shows it", file=sys.stderr)
        raise
    return sweep


def _again(client: Client, sweep: pb.Sweep) -> pb.Sweep:
    for each in client.sweeps(limit=1_000):
        if each.sweep_id == sweep.sweep_id:
            return each
    raise NotFound(f"sweep {id_text(sweep.sweep_id)} is no longer among the newest thousand")


def _ask(found: pb.PreviewSweepReply, what: str) -> None:
    """A person sees what would be handled first; a program says --yes."""
    if not sys.stdin.isatty():
        raise InvalidInput("--yes", f"is needed to {what} {_total(found)} tasks when nobody can be asked")
    _print(found)
    typer.confirm(f"{what} {_total(found)} tasks?", abort=True, err=True)


def _tell(found: pb.PreviewSweepReply, what: str, as_json: bool) -> None:
    if as_json:
        print_json({"would": what, **_json(found)})
    elif found.groups:
        _print(found)
        print(f"{_total(found)} tasks; nothing was done", file=sys.stderr)
    else:
        print(f"no tasks to {what}", file=sys.stderr)


def _print(found: pb.PreviewSweepReply) -> None:
    rows = [
        [
            str(each.count),
            getattr(each, "lambda"),
            status_name(each.status),
            local(each.oldest_us),
            local(each.newest_us),
        ]
        for each in found.groups
    ]
    print_table(_COLUMNS, rows)
    print("\nthe oldest:")
    print_rows(found.first)


def _json(found: pb.PreviewSweepReply) -> dict[str, Any]:
    return {
        "groups": [
            {
                "lambda": getattr(each, "lambda"),
                "status": status_name(each.status),
                "count": each.count,
                "oldest": iso(each.oldest_us),
                "newest": iso(each.newest_us),
            }
            for each in found.groups
        ],
        "first": [as_line(task) for task in found.first],
        "whole": found.whole,
    }


def _total(found: pb.PreviewSweepReply) -> str:
    count = sum(group.count for group in found.groups)
    return f"{count:,}" if found.whole else f"more than {count:,}"
