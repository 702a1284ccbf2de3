"""Cancelling a whole tree: a batch a call, until a call finds nothing more to do. It can be stopped and begun again."""

import sys
from typing import Final

from penstock.cli.client import Client
from penstock.model.errors import Unavailable
from penstock.model.identity import TaskId, text_of

CALLS_MAX: Final = 1_000
"""a tree that grows faster than it is cancelled is told of, not chased for ever"""


def cancel_whole_tree(client: Client, task_id: TaskId) -> dict[str, object]:
    """How many were cancelled and asked to stop; raises `Unavailable` for a tree that goes on growing."""
    cancelled = asked = 0
    for _ in range(CALLS_MAX):
        reply = client.cancel_tree(task_id)
        cancelled, asked = cancelled + reply.cancelled, asked + reply.asked_to_stop
        if reply.cut:
            print("the tree has more than 100,000 tasks: not all of them were looked at", file=sys.stderr)
        if reply.done:
            return {"cancelled": f"{cancelled} cancelled", "asked_to_stop": f"{asked} asked to stop"}
        if cancelled > reply.cancelled:
            print(f"{cancelled} cancelled, {asked} asked to stop so far", file=sys.stderr)
    raise Unavailable(f"the tree of {text_of(task_id)} grows while it is cancelled; pause its lambdas, then try again")
