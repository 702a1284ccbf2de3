"""How a tree of tasks looks to people and to programs."""

import sys
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from rich.text import Text

from penstock.cli.output import console
from penstock.cli.task_json import as_line
from penstock.cli.task_rows import styled_status
from penstock.cli.task_words import error_text, id_text, lambda_name
from penstock.cli.text import one_line
from penstock.wire.v1 import penstock_pb2 as pb

_MARKS: Final = {pb.KIN_PARENT: "", pb.KIN_SPAWNED: "scheduled by it: ", pb.KIN_RETRY: "made anew: "}
_DEPTH_MAX: Final = 60
"""an indentation that still can be read"""


def tree_json(reply: pb.GetTreeReply) -> dict[str, Any]:
    """The tasks and the links between them."""
    return {
        "tasks": [as_line(task) for task in reply.tasks],
        "links": [
            {"kin": kin_name(link.kin), "upper": id_text(link.upper), "lower": id_text(link.lower)}
            for link in reply.links
        ],
        "cut": reply.cut,
    }


def kin_name(number: int) -> str:
    """`parent`, `spawned` or `retry`."""
    return pb.Kin.Name(number).removeprefix("KIN_").lower()


def print_tree(reply: pb.GetTreeReply, asked: bytes) -> None:
    """One line a task, once: below the first of those that stand above it."""
    tasks = {task.task_id: task for task in reply.tasks}
    below: dict[bytes, list[pb.TreeLink]] = defaultdict(list)
    waits_for: dict[bytes, int] = defaultdict(int)
    for link in reply.links:
        below[link.upper].append(link)
        waits_for[link.lower] += link.kin == pb.KIN_PARENT
    lower = {link.lower for link in reply.links}
    waiting = [(root, 0, "") for root in sorted((key for key in tasks if key not in lower), reverse=True)]
    told: set[bytes] = set()
    while waiting:
        key, depth, mark = waiting.pop()
        if key in told:
            continue
        told.add(key)
        _print_line(tasks[key], depth, mark, waits_for[key], "  (this task)" if key == asked else "")
        waiting += [(link.lower, depth + 1, _MARKS[link.kin]) for link in _backwards(below[key])]
    if reply.cut:
        print(f"the tree is larger: these are {len(tasks)} of its tasks, the nearest ones", file=sys.stderr)


def _backwards(links: Sequence[pb.TreeLink]) -> list[pb.TreeLink]:
    return sorted(links, key=lambda link: (link.kin, link.lower), reverse=True)


def _print_line(task: pb.Task, depth: int, mark: str, parents: int, notes: str) -> None:
    error = one_line(error_text(task) or task.reason)
    many = f"  [after {parents} parents]" if parents > 1 else ""
    console().print(
        Text.assemble(
            "  " * min(depth, _DEPTH_MAX),
            (mark, "dim"),
            lambda_name(task),
            "  ",
            styled_status(task),
            f"  {id_text(task.task_id)}",
            (many, "dim"),
            (notes, "bold"),
            (f"  {error}" if error else "", "dim"),
        ),
        soft_wrap=True,
    )
