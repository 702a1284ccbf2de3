"""Families: children wait for the end of their parents."""

from collections.abc import Container, Mapping

from msgspec import Struct

from penstock.model.errors import NotPossible
from penstock.model.identity import TaskId, text_of
from penstock.model.lane import LaneId
from penstock.model.lifecycle import HELD_FOR_FAILED_PARENT, HELD_FOR_PARENTS, ParentFailure, Status, condemns


class Family(Struct, frozen=True):
    """What one child waits for."""

    parents: tuple[TaskId, ...]
    """each once, in the order in which their results are read"""
    on_failure: ParentFailure = ParentFailure.CANCEL


class Place(Struct, frozen=True):
    """How a child begins: held for what ("": for none of its parents), and for how many of them."""

    held_for: str
    waits_for: int


def place(family: Family, live: Container[TaskId], ended: Mapping[TaskId, Status]) -> Place:
    """Where a child begins, by what its parents are at that moment.

    One that neither lives nor has an end that is known has failed: who asks has seen it a moment ago, and only what is
    dead is deleted at once.
    """
    waits_for, is_condemned = 0, False
    for parent in family.parents:
        if parent in live:
            waits_for += 1
        else:
            is_condemned = is_condemned or condemns(ended.get(parent, Status.DEAD), family.on_failure)
    if is_condemned:
        return Place(HELD_FOR_FAILED_PARENT, waits_for)
    return Place(HELD_FOR_PARENTS if waits_for else "", waits_for)


def refuse_condemned(child: TaskId, begins: Place, ended: Mapping[TaskId, Status]) -> None:
    """Raises `NotPossible` when a child that is made anew would be condemned at once."""
    if begins.held_for != HELD_FOR_FAILED_PARENT:
        return
    failed = next((parent for parent in ended if ended[parent] is not Status.SUCCESS), None)
    which = f"its parent {text_of(failed)} ended as {ended[failed]}" if failed else "a parent of it failed"
    raise NotPossible(f"task {text_of(child)} cannot be retried: {which}; retry that one first")


class ChildrenMoved(Struct, frozen=True):
    """What the end of parents did to their children."""

    freed: frozenset[LaneId] = frozenset()
    """lanes in which some wait for nothing but their time now"""
    condemned: bool = False
    """some are to be cancelled"""

    def __or__(self, other: "ChildrenMoved") -> "ChildrenMoved":
        """Both."""
        return ChildrenMoved(self.freed | other.freed, self.condemned or other.condemned)

    def __bool__(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.freed) or self.condemned


NO_CHILDREN = ChildrenMoved()


class FamilyCounts(Struct, frozen=True):
    """How large the family of one task is. `children` and `spawned` are counted up to `FAMILY_COUNT_MAX`."""

    parents: int = 0
    children: int = 0
    spawned: int = 0
    """tasks that it scheduled while it ran; nothing waits"""
    unfinished: int = 0
    """of its parents"""
    first_unfinished: TaskId | None = None
    first_status: Status | None = None
    """of that one"""


NO_FAMILY = FamilyCounts()


class Condemned(Struct, frozen=True):
    """A child that is to be cancelled, and the first of the parents that are the reason.

    `parent` None: nothing is known of it any more.
    """

    id: TaskId
    parent: TaskId | None
    status: Status | None


def condemned_by(parent: TaskId, status: Status) -> str:
    """The reason that a child is cancelled for."""
    return f"parent {text_of(parent)} ended as {status}"


def failed_parent(reason: str) -> str:
    """The id of the parent that such a reason names, "" for any other reason."""
    words = reason.split()
    return words[1] if len(words) == 5 and words[0] == "parent" and words[2:4] == ["ended", "as"] else ""
