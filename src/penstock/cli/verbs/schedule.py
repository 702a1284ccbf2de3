"""`penstock schedule`: one task, by hand."""

import os
import sys
from enum import StrEnum
from typing import Annotated

import typer

from penstock.cli.client import Client, check_json_object
from penstock.cli.exits import FAILED, OK, Failure
from penstock.cli.flags import Address, AsJson, Namespace
from penstock.cli.output import print_json
from penstock.cli.selection_flags import attributes_of
from penstock.cli.task_json import as_json as task_json
from penstock.cli.task_rows import print_page
from penstock.cli.task_words import id_text
from penstock.cli.when import parse_delay_us, parse_moment_us
from penstock.model.errors import InvalidInput
from penstock.model.identity import TaskId
from penstock.model.names import check_lambda_name
from penstock.wire.v1 import penstock_pb2 as pb

verb = typer.Typer(add_completion=False)


class Priority(StrEnum):
    """Within a lambda."""

    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


@verb.command()
def schedule(
    lambda_name: Annotated[str, typer.Argument(metavar="LAMBDA", help="Its full name, such as mail.send_email.")],
    payload: Annotated[
        str, typer.Argument(metavar="JSON", help="One object of parameter names; `-` reads standard input.")
    ] = "{}",
    delay: Annotated[str, typer.Option(help="Run after 90s, 15m, 1h30m or 2d.")] = "",
    at: Annotated[str, typer.Option(help="Run at 2026-03-01T09:00, local time unless it says otherwise.")] = "",
    priority: Annotated[Priority, typer.Option(help="Which of the lambda's lanes.")] = Priority.NORMAL,
    collection: Annotated[str, typer.Option(help="A label to find and gate tasks by.")] = "",
    key: Annotated[str, typer.Option(help="Idempotency key: the same key and content is the same task.")] = "",
    attribute: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="To find it by; may be repeated.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse a lambda that no worker has registered.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for its end; exit 1 unless it is success.")] = False,
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> int:
    """Schedule a task for LAMBDA."""
    group = pb.TaskGroup(
        collection=collection,
        priority=f"PRIORITY_{priority.name}",
        payloads=[check_json_object(sys.stdin.read() if payload == "-" else payload)],
        keys=[key] if key else [],
        attributes=attributes_of(attribute),
    )
    setattr(group, "lambda", check_lambda_name(lambda_name))
    if delay and at:
        raise InvalidInput("--delay", "and --at exclude each other; give one of them")
    if delay:
        group.delay_us.append(parse_delay_us(delay))
    if at:
        group.due_at_us.append(parse_moment_us(at, "--at"))
    with Client(address, namespace) as client:
        try:
            task_id = _stored(client.schedule(group, os.urandom(16), strict))
        except InvalidInput as refused:
            raise _as_a_flag(refused) from None
        if not wait:
            _print_id(task_id, as_json)
            return OK
        print(f"task {id_text(task_id)}: waiting for its end", file=sys.stderr)
        task = client.task(client.await_end(task_id))
    if as_json:
        print_json(task_json(task))
    else:
        print_page(task)
    return OK if task.status == pb.STATUS_SUCCESS else FAILED


def _as_a_flag(refused: InvalidInput) -> InvalidInput:
    """The platform names an option; here it was written as a flag."""
    if refused.field not in ("at", "delay", "key", "collection"):
        return refused
    return InvalidInput(f"--{refused.field}", refused.problem)


def _stored(reply: pb.ScheduleReply) -> TaskId:
    for warning in reply.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    for problem in reply.problems:
        if problem.code == "invalid":
            raise InvalidInput("task", problem.message)
        raise Failure(f"{problem.code}: {problem.message}")
    if reply.existing:
        print("the key names a task that stands already", file=sys.stderr)
    return TaskId(reply.task_ids)


def _print_id(task_id: TaskId, as_json: bool) -> None:
    if as_json:
        print_json({"id": id_text(task_id)})
    else:
        print(id_text(task_id))
