"""Questions about dead letters, for people. Off the path of work; no memory twin."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from penstock.model.identity import TaskId
from penstock.model.sweep import DeadLetterFilter
from penstock.model.task import TaskView


class DeadLetterGroup(Struct, frozen=True):
    """Dead letters that are alike."""

    lambda_name: str
    collection: str
    error_type: str
    cause: str
    count: int
    oldest_us: int
    """times of death"""
    newest_us: int


class DeadLetters(Protocol):
    """Answers within a statement timeout, on connections of its own."""

    async def groups(self, namespace_id: int, wanted: DeadLetterFilter, limit: int) -> Sequence[DeadLetterGroup]:
        """How many there are of each kind, the most first; raises `NotFound` for an unknown lambda."""

    async def letters(
        self, namespace_id: int, wanted: DeadLetterFilter, before: TaskId | None, limit: int
    ) -> Sequence[TaskView]:
        """The newest tasks first; `before` is the last id of the page before (keyset). Raises `NotFound`."""
