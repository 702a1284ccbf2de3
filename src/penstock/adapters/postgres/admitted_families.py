"""Children at the door: where they begin, decided under the locks of their parents."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct, structs

from penstock.adapters.postgres.codecs import microseconds
from penstock.adapters.postgres.outcomes import ended_since_us
from penstock.adapters.postgres.pools import Connection
from penstock.adapters.postgres.standing import Verdicts
from penstock.adapters.postgres.statements import statement
from penstock.model.family import Family, Place, place
from penstock.model.identity import TaskId
from penstock.model.lifecycle import Status
from penstock.model.limits import PARENTS_LOOK_S
from penstock.model.task import NewTask
from penstock.ports.admission import AdmitReply, AdmitRequest

_LOCK: Final = statement("parents_lock")
_ENDED: Final = statement("parents_ended")
_MARK: Final = statement("parents_mark")
_EDGES_ADD: Final = statement("edges_add")
_RELEASE_KEYS: Final = statement("release_keys")
_LOOK_US: Final = microseconds(PARENTS_LOOK_S)


class Child(Struct, frozen=True):
    """A task that is stored in this trip, and where it begins."""

    id: TaskId
    namespace_id: int
    family: Family
    place: Place


class AdmittedFamilies(Struct, frozen=True):
    """The verdicts with every child in its place. `store` follows the storing of the tasks."""

    verdicts: Verdicts
    children: list[Child]
    live: list[TaskId]

    async def store(self, connection: Connection) -> None:
        """Write down who waits for whom."""
        await add_edges(connection, self.children, self.live)


async def meet_parents(
    connection: Connection, requests: Sequence[AdmitRequest], verdicts: Verdicts
) -> AdmittedFamilies:
    """Lock the parents, and place their children. A call with children whose keys are in conflict stores nothing."""
    if not any(task.family for request in requests for task in request.tasks):
        return AdmittedFamilies(verdicts, [], [])
    replies, fresh = list(verdicts.replies), _fresh(verdicts.replies)
    remaining = []
    for position, left in zip(fresh, verdicts.remaining, strict=True):
        whole, tasks = requests[position], left.tasks
        if replies[position].conflicts and any(task.family for task in whole.tasks):
            await _release_keys(connection, whole)
            tasks = []
        remaining.append(structs.replace(left, tasks=_with_first_parents(tasks, whole, replies[position])))
    stored = [task for left in remaining for task in left.tasks]
    own = {task.id for task in stored}
    elsewhere = sorted({parent for task in stored if task.family for parent in task.family.parents} - own)
    known, ended = await meet(connection, elsewhere)
    live = own | known
    placed = {task.id: place(task.family, live, ended) for task in stored if task.family}
    children = [
        Child(task.id, left.namespace_id, task.family, placed[task.id])
        for left in remaining
        for task in left.tasks
        if task.family
    ]
    for at, position in enumerate(fresh):
        tasks = [_in_its_place(task, placed) for task in remaining[at].tasks]
        remaining[at] = structs.replace(remaining[at], tasks=tasks)
        held = frozenset(
            at for at, task in enumerate(requests[position].tasks) if task.id in placed and placed[task.id].held_for
        )
        replies[position] = structs.replace(replies[position], held=held)
    waited_for = {parent for child in children for parent in child.family.parents}
    return AdmittedFamilies(Verdicts(replies, remaining), children, sorted(waited_for & live))


async def meet(connection: Connection, parents: Sequence[TaskId]) -> tuple[set[TaskId], dict[TaskId, Status]]:
    """Lock those that live, which none of them can end while the transaction lasts; and how the others ended."""
    if not parents:
        return set(), {}
    live = {TaskId(row[0]) for row in await connection.fetch(_LOCK, parents)}
    rest = [parent for parent in parents if parent not in live]
    if not rest:
        return live, {}
    rows = await connection.fetch(_ENDED, rest, min(rest), max(rest), ended_since_us(rest))
    return live, {TaskId(row[0]): Status(row[1]) for row in rows}


async def add_edges(connection: Connection, children: Sequence[Child], live: Sequence[TaskId]) -> None:
    """Write down who waits for whom, and tell the parents that live: `live` must be locked, or stored just now."""
    if not children:
        return
    edges = [(parent, child, at) for child in children for at, parent in enumerate(child.family.parents)]
    await connection.execute(
        _EDGES_ADD,
        [parent for parent, _, _ in edges],
        [child.id for _, child, _ in edges],
        [child.namespace_id for _, child, _ in edges],
        [at for _, _, at in edges],
        [child.family.on_failure for _, child, _ in edges],
        [child.id for child in children],
        [child.place.waits_for for child in children],
        _LOOK_US,
    )
    if live:
        await connection.execute(_MARK, live)


def _fresh(replies: Sequence[AdmitReply]) -> list[int]:
    """Which calls are not repeats: as many as remain, in order."""
    return [at for at, reply in enumerate(replies) if not (reply.repeat_of_minted_at_ms or reply.token_conflict)]


def _with_first_parents(tasks: Sequence[NewTask], whole: AdmitRequest, reply: AdmitReply) -> list[NewTask]:
    """A sibling whose key named a task already is that task."""
    first = {whole.tasks[position].id: task_id for position, task_id in reply.existing.items()}
    if not first:
        return list(tasks)
    return [structs.replace(task, family=_renamed(task.family, first)) if task.family else task for task in tasks]


def _renamed(family: Family, first: Mapping[TaskId, TaskId]) -> Family:
    parents: Iterable[TaskId] = (first.get(parent, parent) for parent in family.parents)
    return structs.replace(family, parents=tuple(dict.fromkeys(parents)))


def _in_its_place(task: NewTask, placed: Mapping[TaskId, Place]) -> NewTask:
    if task.id not in placed or not placed[task.id].held_for:
        return task
    return structs.replace(task, held_for=placed[task.id].held_for)


async def _release_keys(connection: Connection, request: AdmitRequest) -> None:
    keyed = [task for task in request.tasks if task.key]
    await connection.execute(
        _RELEASE_KEYS,
        [request.namespace_id] * len(keyed),
        [task.key for task in keyed],
        [task.id for task in keyed],
    )
