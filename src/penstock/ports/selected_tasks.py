"""Questions about the tasks that a sweep would handle, for people. Off the path of work; no memory twin."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from penstock.model.selection import TaskGroup, TaskSelection
from penstock.model.task import TaskView


class Selected(Struct, frozen=True):
    """What a selection means just now."""

    groups: Sequence[TaskGroup]
    """the most first"""
    first: Sequence[TaskView]
    """the oldest ones"""


class SelectedTasks(Protocol):
    """Answers within a statement timeout, on connections of its own."""

    async def look(self, namespace_id: int, wanted: TaskSelection, count_max: int, first_max: int) -> Selected:
        """What stands in the statuses that `wanted` names, counted until there are `count_max`, without what was
        tried again or asked to stop already. Raises `NotFound` for an unknown lambda.
        """
