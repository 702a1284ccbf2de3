"""How tasks are related, and the tree that comes of it."""

from collections.abc import Collection, Iterable
from enum import IntEnum, unique

from msgspec import Struct

from penstock.model.identity import TaskId


@unique
class How(IntEnum):
    """What makes two tasks kin. The numbers are on the wire."""

    PARENT = 1
    """the lower one waits for the upper one"""
    SPAWNED = 2
    """the upper one scheduled the lower one while it ran; nothing waits"""
    RETRY = 3
    """the lower one is the upper one made anew"""

    def __str__(self) -> str:
        """Its name as people read it; the number is the wire's."""
        return self.name.lower()


class Link(Struct, frozen=True, order=True):
    """One line between two tasks."""

    how: How
    upper: TaskId
    lower: TaskId


def above(links: Iterable[Link], ids: Collection[TaskId]) -> set[TaskId]:
    """Who stands right above these tasks."""
    return {link.upper for link in links if link.lower in ids}


def below(links: Iterable[Link], ids: Collection[TaskId]) -> set[TaskId]:
    """Who stands right below these tasks."""
    return {link.lower for link in links if link.upper in ids}
