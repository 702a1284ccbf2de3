"""How far a running task says it is."""

from math import isfinite

from msgspec import Struct

from penstock.model.kept_text import kept_start
from penstock.model.limits import PROGRESS_MESSAGE_BYTES_MAX


class Progress(Struct, frozen=True, gc=False):
    """The last word of its code: so much is done, of so much."""

    done: float
    total: float = 0.0
    """0: nobody knows"""
    message: str = ""
    at_us: int = 0
    """when the platform heard of it; 0: not yet"""
    claim: int = 0
    """of the execution that said it; 0: not yet told"""

    @property
    def share(self) -> float | None:
        """0 to 1; None where no total is known."""
        return min(1.0, self.done / self.total) if self.total else None


def kept_progress(done: float, total: float, message: str) -> Progress:
    """What a store can keep of it: a number that is none becomes 0, and a message is cut to its limit.

    A heartbeat is never refused for what is said in it: the lease of the task hangs on it.
    """
    return Progress(_number(done), _number(total), kept_start(message, PROGRESS_MESSAGE_BYTES_MAX))


def _number(value: float) -> float:
    return value if isfinite(value) and value > 0 else 0.0
