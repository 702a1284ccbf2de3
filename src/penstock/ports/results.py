"""Ended tasks, for those who wait for them."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from penstock.model.identity import TaskId
from penstock.model.task import Outcome


class Ended(Struct, frozen=True):
    """One task that has ended."""

    outcome: Outcome
    lambda_name: str
    retried_as: TaskId | None = None


class Results(Protocol):
    """Reads outcomes by id; never from a replica."""

    async def ended(self, namespace_id: int, ids: Sequence[TaskId]) -> dict[TaskId, Ended]:
        """Those among the ids that have ended."""

    async def unknown(self, namespace_id: int, ids: Sequence[TaskId]) -> list[TaskId]:
        """Those among the ids that name no task of the namespace, live or ended."""
