"""Parents at the door: what a call may ask for, where it is wrong, and the ids that follow from it."""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b

from msgspec import structs

from penstock.frontend.calls import ParentsAsked
from penstock.frontend.pieces import Piece
from penstock.model.errors import InvalidInput, LimitExceeded
from penstock.model.family import Family
from penstock.model.identity import ID_BYTES, TaskId, bucket_of, make_ids, text_of
from penstock.model.lifecycle import ParentFailure
from penstock.model.limits import EDGES_PER_CALL_MAX, PARENTS_PER_TASK_MAX
from penstock.model.task import NewTask

Asked = Mapping[int, ParentsAsked]


def check_parents(asked: Asked, count: int) -> list[int]:
    """The positions of children, each behind its siblings that are its parents.

    Raises `InvalidInput` naming the place for what cannot be: strangers among the siblings, oneself, one twice, a
    cycle, and `LimitExceeded` for too many.
    """
    edges = 0
    for position, parents in asked.items():
        _check_one(position, parents, count)
        edges += len(parents.of)
    if edges > EDGES_PER_CALL_MAX:
        raise LimitExceeded("parents", f"are {edges:,} in this call; the limit is {EDGES_PER_CALL_MAX:,}")
    return _in_order(asked)


def ids_of(piece: Piece, minted_at_ms: int, asked: Asked, order: Sequence[int]) -> list[TaskId]:
    """The ids of a call with children: each has the bucket of its first parent, and so that of its chain's root."""
    buckets = [bucket_of(task_id) for task_id in piece.ids(minted_at_ms)]
    for position in order:
        first = asked[position].of[0]
        buckets[position] = buckets[first] if isinstance(first, int) else bucket_of(TaskId(first))
    return make_ids(minted_at_ms, piece.seed, len(buckets), buckets)


def ids_named(asked: Asked) -> list[TaskId]:
    """The tasks that must be there already."""
    named = (each for parents in asked.values() for each in parents.of if not isinstance(each, int))
    return list(dict.fromkeys(TaskId(each) for each in named))


def with_families(
    tasks: Mapping[int, NewTask], asked: Asked, ids: Sequence[TaskId], latest: Mapping[TaskId, TaskId]
) -> dict[int, NewTask]:
    """The tasks with their parents; raises `InvalidInput` naming the place of one that is not in `latest`."""
    return {
        position: _with_family(task, asked[position], list(_known(position, asked[position], ids, latest)))
        if position in asked
        else task
        for position, task in tasks.items()
    }


def _check_one(position: int, parents: ParentsAsked, count: int) -> None:
    if parents.on_failure not in {0, *ParentFailure}:
        raise InvalidInput(f"tasks[{position}].on_failure", f"{parents.on_failure} is none; use cancel or continue")
    if not parents.of:
        raise InvalidInput(f"tasks[{position}].parents", "is empty; leave it out for a task that waits for nobody")
    if len(parents.of) > PARENTS_PER_TASK_MAX:
        raise LimitExceeded(
            f"tasks[{position}].parents", f"are {len(parents.of):,}; the limit is {PARENTS_PER_TASK_MAX:,}"
        )
    seen: dict[bytes | int, int] = {}
    for at, each in enumerate(parents.of):
        where = f"tasks[{position}].parents[{at}]"
        if isinstance(each, int):
            if each >= count:
                raise InvalidInput(where, f"names tasks[{each}]; the call has {count} tasks, counted from 0")
            if each == position:
                raise InvalidInput(where, "names the task itself; a task cannot wait for its own end")
        elif len(each) != ID_BYTES:
            raise InvalidInput(where, f"has {len(each)} bytes; a task id has {ID_BYTES}")
        if each in seen:
            raise InvalidInput(where, f"names the same task as parents[{seen[each]}]; name each parent once")
        seen[each] = at


def _in_order(asked: Asked) -> list[int]:
    """Depth first without recursion, since a chain may be ten thousand long."""
    order: list[int] = []
    done: set[int] = set()
    for start in asked:
        path: dict[int, Iterator[int]] = {}
        if start not in done:
            path[start] = _siblings(asked, start)
        while path:
            position = next(reversed(path))
            parent = next((each for each in path[position] if each not in done), None)
            if parent is None:
                del path[position]
                done.add(position)
                if position in asked:
                    order.append(position)
            elif parent in path:
                _refuse_cycle(asked, [*path][[*path].index(parent) :], parent)
            else:
                path[parent] = _siblings(asked, parent)
    return order


def _siblings(asked: Asked, position: int) -> Iterator[int]:
    return (each for each in (asked[position].of if position in asked else ()) if isinstance(each, int))


def _refuse_cycle(asked: Asked, cycle: list[int], closing: int) -> None:
    last = cycle[-1]
    where = f"tasks[{last}].parents[{asked[last].of.index(closing)}]"
    shown = cycle if len(cycle) <= 8 else [*cycle[:4], *cycle[-4:]]
    told = " -> ".join(f"tasks[{each}]" for each in [*shown, closing])
    raise InvalidInput(where, f"closes a cycle of {len(cycle)} tasks, each waiting for the next: {told}")


def _known(
    position: int, parents: ParentsAsked, ids: Sequence[TaskId], latest: Mapping[TaskId, TaskId]
) -> Iterator[TaskId]:
    seen: dict[TaskId, int] = {}
    for at, each in enumerate(parents.of):
        parent = ids[each] if isinstance(each, int) else latest.get(TaskId(each))
        where = f"tasks[{position}].parents[{at}]"
        if parent is None:
            assert not isinstance(each, int)
            raise InvalidInput(where, f"no such task in this namespace: {text_of(TaskId(each))}")
        if parent in seen:
            raise InvalidInput(where, f"names a retry of the same task as parents[{seen[parent]}]; name each once")
        seen[parent] = at
        yield parent


def _with_family(task: NewTask, asked: ParentsAsked, parents: Sequence[TaskId]) -> NewTask:
    on_failure = ParentFailure(asked.on_failure or ParentFailure.CANCEL)
    content_hash = task.content_hash
    if content_hash:  # another policy or other parents are another task; siblings have no name to be compared by
        named = b"".join(each for each in asked.of if not isinstance(each, int))
        content_hash = blake2b(content_hash + bytes([on_failure]) + named, digest_size=16).digest()
    return structs.replace(task, family=Family(tuple(parents), on_failure), content_hash=content_hash)
