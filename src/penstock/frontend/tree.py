"""Families of tasks, for people and for children: the parents' results, the tree, and the end of all of it."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from penstock.frontend.lambda_book import LambdaBook
from penstock.frontend.tree_walk import walk
from penstock.model import verdict
from penstock.model.changes import AskToCancel
from penstock.model.errors import LimitExceeded, NotFound
from penstock.model.family import FamilyCounts
from penstock.model.identity import TaskId, text_of
from penstock.model.kin import Link
from penstock.model.lifecycle import Status
from penstock.model.limits import BATCH_BYTES_MAX, BATCH_ROWS_MAX, TREE_NODES_MAX, TREE_WALK_MAX
from penstock.model.task import TaskView
from penstock.ports.chains import Chains, ParentAt
from penstock.ports.results import Ended, Results
from penstock.ports.search import Search
from penstock.ports.signals import Signals, Topic
from penstock.ports.transitions import Transitions

PARENTS_PAGE: Final = 32
"""so many are read at a time until an answer has its bytes"""
CANCELS_PER_CALL_MAX: Final = 10_000


class Parent(Struct, frozen=True):
    """One parent of a task. Neither `ended` nor `lives`: nothing is left of it."""

    id: TaskId
    ended: Ended | None
    lives: Status | None


class ParentsPage(Struct, frozen=True):
    """Some parents, in order. `next_place` 0: that were all."""

    parents: list[Parent]
    next_place: int


class Tree(Struct, frozen=True):
    """The tree around a task, as far as it is shown."""

    tasks: Sequence[TaskView]
    links: list[Link]
    cut: bool


class TreeCancelled(Struct, frozen=True):
    """What one call did. `done`: it found nothing that lives and was not asked to stop."""

    cancelled: int
    asked_to_stop: int
    done: bool
    cut: bool


class TreeDesk:
    """Cancelling uses neither search nor queue, as any cancel."""

    def __init__(
        self,
        chains: Chains,
        search: Search,
        results: Results,
        transitions: Transitions,
        book: LambdaBook,
        signals: Signals,
    ) -> None:
        self._chains = chains
        self._search = search
        self._results = results
        self._transitions = transitions
        self._book = book
        self._signals = signals

    async def parents(self, namespace: str, task_id: TaskId, from_place: int = 0) -> ParentsPage:
        """With their results, until there are about `BATCH_BYTES_MAX` of them; raises `NotFound`, `Unavailable`."""
        namespace_id = await self._book.known_namespace_id(namespace)
        if not from_place:
            await self._check_exists(namespace_id, task_id)
        found: list[Parent] = []
        size_bytes = 0
        while size_bytes < BATCH_BYTES_MAX:
            page = await self._chains.parents(namespace_id, task_id, from_place - 1, PARENTS_PAGE)
            found += await self._looked_up(namespace_id, page)
            if len(page) < PARENTS_PAGE:
                return ParentsPage(found, 0)
            from_place = page[-1].place + 1
            size_bytes += sum(len(each.ended.outcome.result) for each in found[-len(page) :] if each.ended)
        return ParentsPage(found, from_place)

    async def counts(self, namespace: str, task_id: TaskId) -> FamilyCounts:
        """How large its family is; raises `Unavailable`."""
        return await self._chains.counts(await self._book.known_namespace_id(namespace), task_id)

    async def tree(self, namespace: str, task_id: TaskId, limit: int = 0) -> Tree:
        """At most `limit` tasks (0: `TREE_NODES_MAX`); raises `InvalidInput`, `NotFound`, `Unavailable`."""
        if not 0 <= limit <= TREE_NODES_MAX:
            raise LimitExceeded("limit", f"{limit} is outside of 1 to {TREE_NODES_MAX}")
        namespace_id = await self._book.known_namespace_id(namespace)
        await self._check_exists(namespace_id, task_id)
        walked = await walk(self._chains, namespace_id, task_id, limit or TREE_NODES_MAX)
        views = await self._search.by_id(namespace_id, walked.ids)
        shown = {view.id for view in views}
        links = [link for link in walked.links if link.upper in shown and link.lower in shown]
        return Tree(views, links, walked.cut)

    async def cancel(self, namespace: str, task_id: TaskId) -> TreeCancelled:
        """A batch of what lives; to be called until it is done. Raises `NotFound`, `Unavailable`."""
        namespace_id = await self._book.known_namespace_id(namespace)
        await self._check_exists(namespace_id, task_id)
        walked = await walk(self._chains, namespace_id, task_id, TREE_WALK_MAX)
        # From below: what goes on without its parents must not start because they were cancelled first.
        from_below = walked.from_below
        cancelled = asked = left = 0
        for at in range(0, len(from_below), BATCH_ROWS_MAX):
            rows = await self._transitions.read(from_below[at : at + BATCH_ROWS_MAX])
            changes = [verdict.cancel(row) for row in rows.values() if not row.cancel_requested]
            held = await self._transitions.apply(changes)
            stopping = [c.id for c, holds in zip(changes, held, strict=True) if holds and isinstance(c, AskToCancel)]
            ended = [c.id for c, holds in zip(changes, held, strict=True) if holds and not isinstance(c, AskToCancel)]
            self._tell(Topic.CANCEL, stopping)
            self._tell(Topic.ENDED, ended)
            cancelled, asked, left = cancelled + len(ended), asked + len(stopping), left + held.count(False)
            if cancelled + asked >= CANCELS_PER_CALL_MAX:
                break
        return TreeCancelled(cancelled, asked, not (cancelled or asked or left), walked.cut)

    def _tell(self, topic: Topic, ids: Sequence[TaskId]) -> None:
        if ids:
            self._signals.send(topic, b"".join(ids))

    async def _check_exists(self, namespace_id: int, task_id: TaskId) -> None:
        if task_id not in await self._chains.latest(namespace_id, [task_id]):
            raise NotFound(f"no task {text_of(task_id)} in this namespace")

    async def _looked_up(self, namespace_id: int, page: Sequence[ParentAt]) -> list[Parent]:
        ids = [each.id for each in page]
        ended = await self._results.ended(namespace_id, ids)
        live = await self._transitions.read([each for each in ids if each not in ended])
        return [Parent(each, ended.get(each), live[each].status if each in live else None) for each in ids]
