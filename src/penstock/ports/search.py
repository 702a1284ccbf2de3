"""Questions about tasks, for people. Off the path of work; no memory twin."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from penstock.model.attributes import Attributes
from penstock.model.identity import TaskId
from penstock.model.lifecycle import Status
from penstock.model.task import TaskView


class TaskFilter(Struct, frozen=True):
    """Empty fields do not filter. Times of creation in microseconds."""

    namespace_id: int
    lambda_name: str = ""
    collection: str = ""
    statuses: tuple[Status, ...] = ()
    from_us: int = 0
    until_us: int = 0
    attributes: Attributes = ()
    """a task must have all of them"""


class Search(Protocol):
    """Answers within a statement timeout, on connections of its own."""

    async def task(self, namespace_id: int, task_id: TaskId, with_payload: bool, with_history: bool) -> TaskView | None:
        """All about one task of the namespace."""

    async def tasks(self, wanted: TaskFilter, before: TaskId | None, limit: int) -> Sequence[TaskView]:
        """The newest first; `before` is the last id of the page before (keyset)."""

    async def by_id(self, namespace_id: int, ids: Sequence[TaskId]) -> Sequence[TaskView]:
        """Those of these tasks that the namespace has, in their order, without payloads."""
