"""Who makes the call that is being answered: set at the door, read by services that name an actor."""

from contextvars import ContextVar
from typing import Final

from penstock.model.access import ANYBODY, Caller

_CALLER: Final[ContextVar[Caller]] = ContextVar("penstock caller", default=ANYBODY)


def current_caller() -> Caller:
    """Whoever the door let in; `ANYBODY` on a platform that asks nobody."""
    return _CALLER.get()


def let_in(caller: Caller) -> None:
    """For the rest of this call."""
    _CALLER.set(caller)
