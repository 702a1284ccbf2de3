"""What a selection of tasks may say, and what it means: a look before an order over many."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from penstock.frontend.lambda_book import LambdaBook
from penstock.model.attributes import check_attributes
from penstock.model.errors import InvalidInput
from penstock.model.names import check_collection, check_lambda_name
from penstock.model.selection import CANCELLABLE, RETRIABLE_IN_BULK, TaskGroup, TaskSelection
from penstock.model.sweep import OVER_LETTERS, SweepKind, selected
from penstock.model.task import TaskView
from penstock.ports.selected_tasks import SelectedTasks

COUNT_MAX: Final = 50_000
FIRST_MAX: Final = 5


class Preview(Struct, frozen=True):
    """What an order would handle if it were given now."""

    groups: Sequence[TaskGroup]
    first: Sequence[TaskView]
    """the oldest ones"""
    is_whole: bool
    """False: there are more than were counted"""


class PreviewDesk:
    """Its methods raise `InvalidInput`, `NotFound` and `Unavailable`."""

    def __init__(self, tasks: SelectedTasks, book: LambdaBook) -> None:
        self._tasks = tasks
        self._book = book

    async def preview(self, namespace: str, kind: SweepKind, wanted: TaskSelection) -> Preview:
        """How many of which kind, and the first few."""
        if kind in OVER_LETTERS:
            raise InvalidInput("kind", f"{kind.name} is over dead letters; CountDeadLetters counts them")
        namespace_id = await self._book.known_namespace_id(namespace)
        found = await self._tasks.look(namespace_id, check_selection(wanted, kind), COUNT_MAX, FIRST_MAX)
        return Preview(found.groups, found.first, sum(group.count for group in found.groups) < COUNT_MAX)


def check_selection(wanted: TaskSelection, kind: SweepKind) -> TaskSelection:
    """With its statuses named; raises `InvalidInput`."""
    if not (wanted.lambda_name or wanted.collection or wanted.attributes):
        raise InvalidInput("selection", "selects every task there is; name a lambda, a collection or an attribute")
    if wanted.lambda_name:
        check_lambda_name(wanted.lambda_name)
    check_collection(wanted.collection)
    check_attributes(dict(wanted.attributes))
    from_us, until_us = wanted.scheduled_from_us, wanted.scheduled_until_us
    for field, time_us in (("scheduled_from_us", from_us), ("scheduled_until_us", until_us)):
        if time_us < 0:
            raise InvalidInput(field, f"{time_us} is before 1970")
    if until_us and until_us <= from_us:
        raise InvalidInput("scheduled_until_us", "is not after scheduled_from_us")
    possible = CANCELLABLE if kind is SweepKind.CANCEL else RETRIABLE_IN_BULK
    for status in wanted.statuses:
        if status not in possible:
            known = ", ".join(str(each) for each in sorted(possible))
            raise InvalidInput("statuses", f"no task that is {status} can be meant by a {kind}; use some of {known}")
    return selected(wanted, kind)
