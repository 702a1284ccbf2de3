"""Parents as users name them: handles, ids, and tasks of the same batch."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, Generic, Literal, TypeVar

from penstock.model.errors import InvalidInput, LimitExceeded, NotPossible
from penstock.model.identity import TaskId, parse_id
from penstock.model.lifecycle import ParentFailure
from penstock.model.limits import PARENTS_PER_TASK_MAX
from penstock.sdk.handle import Handle

R_co = TypeVar("R_co", covariant=True)

ParentFailureName = Literal["cancel", "continue"]
_POLICIES: Final = {policy.name.lower(): policy for policy in ParentFailure}


class Planned(Generic[R_co]):
    """A task of a batch. It can be a parent of others of it at once, and has a handle once the batch is stored."""

    __slots__ = ("_handle", "batch", "position")

    def __init__(self, batch: object, position: int) -> None:
        self.batch, self.position = batch, position
        self._handle: Handle[R_co] | None = None

    @property
    def is_stored(self) -> bool:
        """Whether its batch was stored."""
        return self._handle is not None

    @property
    def handle(self) -> Handle[R_co]:
        """The handle; raises `NotPossible` before the batch was stored."""
        if self._handle is None:
            raise NotPossible("the batch has not been stored: its tasks have handles behind the `with` block")
        return self._handle

    @property
    def id(self) -> str:
        """The id of the task; raises as `handle` does."""
        return self.handle.id

    @property
    def place(self) -> TaskId | int:
        """Its id once it is stored, else its position in the batch."""
        return parse_id(self._handle.id) if self._handle else self.position

    def stored_as(self, handle: Handle[R_co]) -> None:
        """For the batch, once it is stored."""
        self._handle = handle

    def __repr__(self) -> str:
        return f"<Planned {self._handle.id if self._handle else f'task {self.position} of a batch'}>"


Parent = Handle[Any] | Planned[Any] | str
"""what may stand in `parents=`"""
Reference = TaskId | Planned[Any]


def references_of(parents: Iterable[Parent]) -> tuple[Reference, ...]:
    """Parents out of what a user wrote; raises `InvalidInput` naming the one that is wrong."""
    if isinstance(parents, (str, Handle, Planned)):
        raise InvalidInput("parents", "is one parent; write parents=[...]")
    if not isinstance(parents, Iterable):
        raise InvalidInput("parents", f"{parents!r:.80} is no list of handles, ids or tasks of a batch")
    references = tuple(_reference_of(each, at) for at, each in enumerate(parents))
    if len(references) > PARENTS_PER_TASK_MAX:
        raise LimitExceeded("parents", f"are {len(references):,}; the limit is {PARENTS_PER_TASK_MAX:,}")
    return references


def parent_failure_of(policy: str, is_child: bool) -> ParentFailure:
    """The policy of that name; raises `InvalidInput` for another one, or for a task without parents."""
    if policy not in _POLICIES:
        raise InvalidInput("on_parent_failure", f"{policy!r} is none of {', '.join(_POLICIES)}")
    chosen = _POLICIES[policy]
    if chosen is not ParentFailure.CANCEL and not is_child:
        raise InvalidInput("on_parent_failure", "is given without parents")
    return chosen


def check_stored(references: Sequence[Reference], batch: object | None = None) -> None:
    """Raises `InvalidInput` for a parent that only another batch knows."""
    for at, each in enumerate(references):
        if isinstance(each, Planned) and not each.is_stored and each.batch is not batch:
            raise InvalidInput(f"parents[{at}]", "is a task of a batch that is not stored; add this one to that batch")


def _reference_of(parent: Parent, at: int) -> Reference:
    if isinstance(parent, Planned):
        return parent
    text = parent.id if isinstance(parent, Handle) else parent
    if not isinstance(text, str):
        raise InvalidInput(f"parents[{at}]", f"is of type {type(parent).__qualname__}; give a handle or a task id")
    try:
        return parse_id(text)
    except InvalidInput as error:
        raise InvalidInput(f"parents[{at}]", error.problem) from None
