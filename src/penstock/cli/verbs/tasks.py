"""`penstock tasks`: look at tasks, stop them, run them again."""

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

import typer

from penstock.cli.client import Client
from penstock.cli.exits import FAILED, OK, Failure, tell
from penstock.cli.explain_rows import (
    explained_lane_json,
    explained_task_json,
    print_explained_lane,
    print_explained_task,
    wire_priority,
)
from penstock.cli.flags import Address, AsJson, Namespace, Yes
from penstock.cli.many import order_many
from penstock.cli.output import print_json
from penstock.cli.selection_flags import (
    CANCELS_PER_S,
    RETRIES_PER_S,
    After,
    Before,
    OfCollection,
    OfLambda,
    OfStatus,
    Preview,
    Rate,
    Reason,
    WithAttribute,
    attributes_of,
    selection_of,
    wire_status,
)
from penstock.cli.task_json import as_json as task_json
from penstock.cli.task_json import as_line as line_json
from penstock.cli.task_rows import print_page, print_rows
from penstock.cli.task_words import id_text, status_name
from penstock.cli.tree_cancel import cancel_whole_tree
from penstock.cli.tree_rows import print_tree, tree_json
from penstock.cli.when import parse_since_us
from penstock.model.errors import InvalidInput, PenstockError
from penstock.model.identity import TaskId, parse_id, text_of
from penstock.model.limits import TREE_NODES_MAX
from penstock.model.names import check_lambda_name
from penstock.wire.v1 import penstock_pb2 as pb

verb = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="List, show, explain, cancel and retry tasks.",
)

Ids = Annotated[
    list[str] | None,
    typer.Argument(metavar="[ID...]", help="Task ids; `-` reads them from standard input.", show_default=False),
]


@verb.command("list")
def list_tasks(
    lambda_name: Annotated[str, typer.Option("--lambda", metavar="APP.LAMBDA", help="Of this lambda only.")] = "",
    collection: Annotated[str, typer.Option(help="Of this collection only.")] = "",
    status: Annotated[list[str] | None, typer.Option(help="In this status only; may be repeated.")] = None,
    since: Annotated[str, typer.Option(help="Created since: 15m, 2d, or 2026-03-01T09:00.")] = "",
    until: Annotated[str, typer.Option(help="Created before: 15m ago, 2d ago, or 2026-03-01T09:00.")] = "",
    attribute: WithAttribute = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest first.")] = 100,
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """List tasks, the newest first."""
    wanted = pb.ListTasksRequest(
        collection=collection,
        statuses=[wire_status(name) for name in status or ()],
        attributes=attributes_of(attribute),
    )
    setattr(wanted, "lambda", lambda_name)
    now = datetime.now(UTC)
    if since:
        wanted.from_us = parse_since_us(since, now)
    if until:
        wanted.until_us = parse_since_us(until.removesuffix(" ago"), now, "--until")
    if until and wanted.until_us <= wanted.from_us:
        raise InvalidInput("--until", "is not after --since")
    with Client(address, namespace) as client:
        tasks = list(client.tasks(wanted, limit))
    if as_json:
        print_json([line_json(task) for task in tasks])
    elif tasks:
        print_rows(tasks)
        if len(tasks) == limit:
            print(f"the newest {limit}; --limit shows more", file=sys.stderr)
    else:
        print("no tasks", file=sys.stderr)


@verb.command()
def show(
    task_id: Annotated[str, typer.Argument(metavar="ID", help="A task id.")],
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """Show one task: its times, its error with traceback, the history of its attempts."""
    wanted = parse_id(task_id)
    with Client(address, namespace) as client:
        task = client.task(wanted)
    if as_json:
        print_json(task_json(task))
    else:
        print_page(task)


@verb.command()
def explain(
    task_id: Annotated[
        str, typer.Argument(metavar="[ID]", help="A task id; or a lane, by its flags.", show_default=False)
    ] = "",
    lambda_name: Annotated[str, typer.Option("--lambda", metavar="APP.LAMBDA", help="All lanes of this lambda.")] = "",
    priority: Annotated[str, typer.Option(help="Its lane of this priority only: high, normal or low.")] = "",
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """Say why a task, or a whole lane, is not running: in one sentence, then with details."""
    if bool(task_id) == bool(lambda_name):
        raise InvalidInput("ID", "give either the id of a task or --lambda APP.LAMBDA")
    if priority and task_id:
        raise InvalidInput("--priority", "goes with --lambda; a task has its own")
    if task_id:
        wanted = parse_id(task_id)
        with Client(address, namespace) as client:
            of_task = client.explain_task(wanted)
        print_json(explained_task_json(of_task)) if as_json else print_explained_task(of_task)
        return
    check_lambda_name(lambda_name, "--lambda")
    lane = wire_priority(priority)
    with Client(address, namespace) as client:
        of_lane = client.explain_lane(lambda_name, lane)
    print_json(explained_lane_json(of_lane)) if as_json else print_explained_lane(of_lane)


@verb.command()
def tree(
    task_id: Annotated[str, typer.Argument(metavar="ID", help="A task id.")],
    limit: Annotated[int, typer.Option(min=1, max=TREE_NODES_MAX, help="At most so many tasks, the nearest first.")] = (
        TREE_NODES_MAX
    ),
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """Show the tree around a task: what it waits for, what waits for it, and what it has scheduled."""
    wanted = parse_id(task_id)
    with Client(address, namespace) as client:
        reply = client.tree(wanted, limit)
    print_json(tree_json(reply)) if as_json else print_tree(reply, wanted)


@verb.command()
def cancel(
    ids: Ids = None,
    lambda_name: OfLambda = "",
    collection: OfCollection = "",
    status: OfStatus = None,
    after: After = "",
    before: Before = "",
    attribute: WithAttribute = None,
    rate: Rate = None,
    reason: Reason = "",
    preview: Preview = False,
    whole_tree: Annotated[bool, typer.Option("--tree", help="And all of the tree around each of them.")] = False,
    yes: Yes = False,
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> int:
    """Cancel tasks: at once where they wait; what runs is asked to stop.

    By their ids, or all that flags name: then a preview is shown first, and what is scheduled later is left alone.
    """
    selection = selection_of(lambda_name, collection, status, after, before, attribute)
    if _means_many(ids, selection):
        _only_with_ids(whole_tree)
        rate_per_s = rate or CANCELS_PER_S
        order = pb.StartSweepRequest(
            kind=pb.SWEEP_KIND_CANCEL, selection=selection, rate_per_s=rate_per_s, reason=reason
        )
        with Client(address, namespace) as client:
            return order_many(client, order, preview, yes, as_json)
    _only_with_many(rate, reason, preview)
    wanted = _ids(ids or [])
    _ask("cancel the trees of" if whole_tree else "cancel", wanted, yes)
    with Client(address, namespace) as client:
        if whole_tree:
            return _each(wanted, lambda task_id: cancel_whole_tree(client, task_id), as_json)

        def step(task_id: TaskId) -> dict[str, object]:
            reply = client.cancel(task_id)
            return {"status": status_name(reply.status), "cancel_requested": reply.cancel_requested}

        return _each(wanted, step, as_json)


@verb.command()
def retry(
    ids: Ids = None,
    lambda_name: OfLambda = "",
    collection: OfCollection = "",
    status: OfStatus = None,
    after: After = "",
    before: Before = "",
    attribute: WithAttribute = None,
    rate: Rate = None,
    reason: Reason = "",
    preview: Preview = False,
    yes: Yes = False,
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> int:
    """Run ended tasks again: each becomes a new task, linked with the old one.

    A task is retried once: for one that was retried before, the answer names that retry. Flags instead of ids name
    all that failed for good (or that ended in the statuses given), and a preview is shown first.
    """
    selection = selection_of(lambda_name, collection, status, after, before, attribute)
    if _means_many(ids, selection):
        rate_per_s = rate or RETRIES_PER_S
        order = pb.StartSweepRequest(
            kind=pb.SWEEP_KIND_RETRY, selection=selection, rate_per_s=rate_per_s, reason=reason
        )
        with Client(address, namespace) as client:
            return order_many(client, order, preview, yes, as_json)
    _only_with_many(rate, reason, preview)
    wanted = _ids(ids or [])
    _ask("retry", wanted, yes)
    with Client(address, namespace) as client:

        def step(task_id: TaskId) -> dict[str, object]:
            reply = client.retry(task_id, os.urandom(16))
            return {"retried_as": id_text(reply.task_id), "retried_before": reply.existed}

        return _each(wanted, step, as_json)


def _means_many(ids: list[str] | None, selection: pb.TaskSelection) -> bool:
    if ids and selection != pb.TaskSelection():
        raise InvalidInput("ID", "is given together with flags that name many tasks; give either ids or flags")
    if not ids and selection == pb.TaskSelection():
        raise InvalidInput("ID", "is needed, or --lambda, --collection or --attribute for many tasks")
    return not ids


def _only_with_ids(whole_tree: bool) -> None:
    if whole_tree:
        raise InvalidInput("--tree", "is for ids, not beside flags that name many tasks")


def _only_with_many(rate: float | None, reason: str, preview: bool) -> None:
    """What an order has, single tasks have not: to take it in silence would be a lie, a preview's above all."""
    given = {"--rate": rate is not None, "--reason": bool(reason), "--preview": preview}
    for flag in (flag for flag, is_given in given.items() if is_given):
        raise InvalidInput(
            flag, "is for many tasks, named by flags such as --lambda; nothing was done to the ids given"
        )


def _ids(texts: list[str]) -> list[TaskId]:
    words = [word for text in texts for word in (sys.stdin.read().split() if text == "-" else [text])]
    if not words:
        raise InvalidInput("ID", "standard input holds no ids; pipe them in, one a line")
    return list(dict.fromkeys(parse_id(word) for word in words))


def _ask(what: str, wanted: list[TaskId], yes: bool) -> None:
    """One task is what was typed; more than one needs a yes, by a person or by --yes."""
    if yes or len(wanted) == 1:
        return
    if not sys.stdin.isatty():
        raise InvalidInput("--yes", f"is needed to {what} {len(wanted)} tasks when nobody can be asked")
    typer.confirm(f"{what} {len(wanted)} tasks?", abort=True, err=True)


def _each(wanted: list[TaskId], step: Callable[[TaskId], dict[str, object]], as_json: bool) -> int:
    """One line a task; a task that fails does not keep the others from their turn."""
    done, code = [], OK
    for task_id in wanted:
        try:
            answer = {"id": text_of(task_id), **step(task_id)}
        except PenstockError as error:
            code = FAILED
            answer = {"id": text_of(task_id), "error": str(error)}
            tell(Failure(str(error) if text_of(task_id) in str(error) else f"{text_of(task_id)}: {error}"))
        done.append(answer)
        if not as_json and "error" not in answer:
            words = [name.replace("_", " ") if value is True else str(value) for name, value in answer.items() if value]
            print("  ".join(words))
    if as_json:
        print_json(done)
    return code
