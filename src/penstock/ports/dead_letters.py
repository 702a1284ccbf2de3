"""Questions about dead letters, for people. Off the path of work; no memory twin."""

from collections.abc import Sequence
from typing import Protocol

from penstock.model.identity import TaskId
from penstock.model.sweep import DeadLetterFilter, DeadLetterGroup
from penstock.model.task import TaskView


class DeadLetters(Protocol):
    """Answers within a statement timeout, on connections of its own."""

    async def groups(self, namespace_id: int, wanted: DeadLetterFilter, limit: int) -> Sequence[DeadLetterGroup]:
        """How many there are of each kind, the most first; raises `NotFound` for an unknown lambda."""

    async def letters(
        self, namespace_id: int, wanted: DeadLetterFilter, before: TaskId | None, limit: int
    ) -> Sequence[TaskView]:
        """The newest tasks first; `before` is the last id of the page before (keyset). Raises `NotFound`."""
