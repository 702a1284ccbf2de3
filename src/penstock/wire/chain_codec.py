"""Parents, families and trees on the wire."""

from collections.abc import Iterable, Sequence

from penstock.model.errors import InvalidInput
from penstock.model.family import FamilyCounts
from penstock.model.identity import TaskId
from penstock.model.kin import Link
from penstock.wire.numbers import STATUS_TO_WIRE
from penstock.wire.v1 import penstock_pb2 as pb


def references_from_wire(groups: Sequence[pb.TaskGroup]) -> dict[int, tuple[list[bytes | int], int]]:
    """Whom the task at each position waits for, and what a failure means; positions count over all payloads.

    Raises `InvalidInput` for a column that is neither empty nor as long as the payloads, and for a reference to
    nothing.
    """
    asked: dict[int, tuple[list[bytes | int], int]] = {}
    if not any(group.parents for group in groups):
        return asked
    start = 0
    for number, group in enumerate(groups):
        if group.parents and len(group.parents) != len(group.payloads):
            raise InvalidInput(
                f"groups[{number}].parents", f"has {len(group.parents)} entries for {len(group.payloads)} payloads"
            )
        for position, parents in enumerate(group.parents, start):
            if parents.of:
                asked[position] = (
                    [_reference(each, position, at) for at, each in enumerate(parents.of)],
                    int(parents.on_failure),
                )
        start += len(group.payloads)
    return asked


def parents_to_wire(of: Iterable[TaskId | int], on_failure: int) -> pb.Parents:
    """Whom a task waits for: ids, and positions in the call."""
    references = [
        pb.ParentReference(sibling=each) if isinstance(each, int) else pb.ParentReference(task_id=each) for each in of
    ]
    return pb.Parents(of=references, on_failure=pb.ParentFailure.Name(on_failure))


def counts_to_wire(counts: FamilyCounts) -> pb.FamilyCounts:
    """How large a family is."""
    return pb.FamilyCounts(
        parents=counts.parents,
        children=counts.children,
        spawned=counts.spawned,
        unfinished_parents=counts.unfinished,
        first_unfinished=counts.first_unfinished or b"",
        first_status=pb.STATUS_UNSPECIFIED if counts.first_status is None else STATUS_TO_WIRE[counts.first_status],
    )


def link_to_wire(link: Link) -> pb.TreeLink:
    """One line of a tree."""
    return pb.TreeLink(kin=pb.Kin.Name(link.how), upper=link.upper, lower=link.lower)


def _reference(each: pb.ParentReference, position: int, at: int) -> bytes | int:
    kind = each.WhichOneof("task")
    if kind is None:
        raise InvalidInput(f"tasks[{position}].parents[{at}]", "names no task; set task_id or sibling")
    return each.sibling if kind == "sibling" else each.task_id
