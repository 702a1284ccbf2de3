"""How tasks get into the store."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from penstock.model.identity import TaskId
from penstock.model.lane import LambdaId, LaneId
from penstock.model.task import NewTask


class AdmitRequest(Struct, frozen=True, gc=False):
    """One call's tasks."""

    namespace_id: int
    tasks: list[NewTask]
    minted_at_ms: int
    """the time in the ids of `tasks`"""
    token: bytes = b""
    """empty: the call cannot be repeated"""
    content_hash: bytes = b""
    """of the whole call, to tell a repeat from a token used twice"""


class AdmitReply(Struct, frozen=True):
    """What became of one call. Positions are indexes into its tasks."""

    repeat_of_minted_at_ms: int = 0
    """not 0: the token was used before with ids of this time, and nothing was written now"""
    token_conflict: bool = False
    """the token was used before for other content; nothing was written"""
    existing: dict[int, TaskId] = {}
    """position -> the task that its key names already, with the same content"""
    conflicts: dict[int, TaskId] = {}
    """position -> the task that its key names, with other content; nothing was written for it"""
    held: frozenset[int] = frozenset()
    """positions of children that wait for their parents, or are condemned by one of them"""


class Admitted(Struct, frozen=True):
    """What became of one trip to the store."""

    replies: list[AdmitReply]
    open_lanes: frozenset[LaneId]
    """lanes whose due-now tasks were written as enqueued: the caller publishes their references"""
    stored_at_us: int
    """the store's clock in that statement: the enqueue time of those references"""
    shut: frozenset[tuple[LambdaId, str]] = frozenset()
    """gates of lambdas of these tasks, lambda and collection ("": the whole), that were not open in that statement:
    what was due now in their scope is held"""


class Retried(Struct, frozen=True):
    """The new task of a retry."""

    id: TaskId
    lane: LaneId
    existed: bool
    """the task had been retried before; this is that one"""


class Admission(Protocol):
    """Duties of `admit`, in one transaction, durable when it returns:

    - A task that is due now, not held, in a lane with room (`room[lane]` > 0) in which no due task
      (new or retriable_failure) has waited for longer than `OVERTAKING_S_MAX` becomes `enqueued` with
      `trigger_at` = clock + `enqueue_timeout_s`; otherwise `new` (or `held`, when `held_for` says so) with
      `trigger_at` = its time (a held one: clock + 30 s). A due time in the past is now.
    - A task that is due now and stopped by a gate is `held` for it, whatever room its lane has.
    - A key that stands and is not expired: same content_hash -> existing, other -> conflict. An expired one is
      taken over. Two tasks of one call with one key: the second sees the first.
    - A token that stands: nothing is written; same content_hash -> repeat, other -> token_conflict.
      A repeat's `existing` and `conflicts` still say what the keys name (its own first tasks included).
    - A task with a family begins where `model.family.place` says by what its parents are in this transaction, which may
      be tasks of the same request; a parent whose key named a task already is that task. None can end in between
      without moving it. One that is held is so for its parents first. A call with children in which a key is in
      conflict stores nothing.
    - Ids that stand already (the caller repeats after an unknown outcome) are left as they are.
    - A batch that the store refuses for its content raises `InvalidInput`; the caller splits it.
    - `Unavailable` when the store cannot answer: it may or may not have committed.
    """

    async def admit(self, requests: Sequence[AdmitRequest], room: Mapping[LaneId, int]) -> Admitted:
        """Store the tasks of all requests."""

    async def retry(self, namespace_id: int, original: TaskId, new_id: TaskId) -> Retried:
        """Make a new task of an ended one: same lambda, payload, collection, priority; due now; status new.

        Linked both ways in the same transaction. Raises `NotFound`, or `NotPossible` while it lives. A child is one of
        the same parents again, each as the last task that retried it, and is held while one of them lives;
        `NotPossible` while one of them would condemn it.
        """
