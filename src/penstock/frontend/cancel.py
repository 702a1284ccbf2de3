"""Cancel: at once while a task waits, a request to its executor while it runs."""

from penstock.frontend.calls import Cancelled
from penstock.frontend.lambda_book import LambdaBook
from penstock.model import verdict
from penstock.model.changes import AskToCancel
from penstock.model.delivery import is_delivery
from penstock.model.errors import NotFound, NotPossible, Unavailable
from penstock.model.identity import TaskId, text_of
from penstock.model.lane import lambda_of
from penstock.model.lifecycle import Status
from penstock.model.task import Trigger
from penstock.ports.results import Results
from penstock.ports.signals import Signals, Topic
from penstock.ports.transitions import Transitions

TRIES_MAX = 20
"""how often a row may move on between the read and the write"""


class CancelDesk:
    """Uses no search and no queue: a cancel must pass when all else is overloaded."""

    def __init__(self, transitions: Transitions, results: Results, book: LambdaBook, signals: Signals) -> None:
        self._transitions = transitions
        self._results = results
        self._book = book
        self._signals = signals

    async def cancel(self, namespace: str, task_id: TaskId) -> Cancelled:
        """What became of it. Cancelling a cancelled task is fine.

        Raises `NotFound`, `NotPossible` when it has ended otherwise, `Unavailable`.
        """
        if is_delivery(task_id):
            raise _not_found(task_id)
        namespace_id = await self._book.known_namespace_id(namespace)
        for _ in range(TRIES_MAX):
            row = await self._live(namespace_id, task_id)
            if row is None:
                return await self._has_ended(namespace_id, task_id)
            change = verdict.cancel(row)
            [held] = await self._transitions.apply([change])
            if held and isinstance(change, AskToCancel):
                self._signals.send(Topic.CANCEL, task_id)
                return Cancelled(row.status, cancel_requested=True)
            if held:
                self._signals.send(Topic.ENDED, task_id)
                return Cancelled(Status.CANCELLED, cancel_requested=False)
        raise Unavailable(f"task {text_of(task_id)} moves faster than it can be cancelled; try again")

    async def _live(self, namespace_id: int, task_id: TaskId) -> Trigger | None:
        row = (await self._transitions.read([task_id])).get(task_id)
        if row is not None and await self._book.namespace_of(lambda_of(row.lane)) != namespace_id:
            raise _not_found(task_id)
        return row

    async def _has_ended(self, namespace_id: int, task_id: TaskId) -> Cancelled:
        ended = (await self._results.ended(namespace_id, [task_id])).get(task_id)
        if ended is None:
            raise _not_found(task_id)
        status = ended.outcome.status
        if status is not Status.CANCELLED:
            raise NotPossible(
                f"task {text_of(task_id)} has ended: {status.name.lower()}; an ended task is not cancelled"
            )
        return Cancelled(status, cancel_requested=False)


def _not_found(task_id: TaskId) -> NotFound:
    return NotFound(f"no task {text_of(task_id)} in this namespace")
