"""Parts of subjects that are handed over again, beside what is new."""

from collections.abc import Sequence
from typing import Protocol

from penstock.model.cursors import ReplayOrder


class Replays(Protocol):
    """A replay is a row of its own beside that of its subject: `model.delivery.replay_id`. It travels as that one does,
    in the low lane, with a cursor and a head of its own. A subject's row is held while a claim of its replay stands,
    and a replay waits while its subject is run. What it has done is no dead event any more. When it has come to its
    head it is gone. `Unavailable` when the store cannot answer.
    """

    async def begin(self, orders: Sequence[ReplayOrder]) -> list[bool]:
        """Make their rows, each with a line about who and why, in one transaction. False of one: its subject has no
        row, or has not completed it, or is being replayed already; of a redrive also: its event is not dead, or blocks.
        """
