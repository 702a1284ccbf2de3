"""How a request names the parents of a task."""

from typing import Protocol

from penstock.model.identity import TaskId


class Sibling(Protocol):
    """A task of a batch: by its id once that is stored, else by its position in it."""

    @property
    def place(self) -> TaskId | int: ...


def place_of(reference: TaskId | Sibling) -> TaskId | int:
    """An id, or a position in the batch."""
    return reference if isinstance(reference, bytes) else reference.place
