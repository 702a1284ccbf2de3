"""Who makes the call that is being answered: set at the door, read by services that name an actor."""

from contextvars import ContextVar
from typing import Final

from penstock.model.access import ANYBODY, Caller

_CALLER: Final[ContextVar[Caller]] = ContextVar("penstock caller", default=ANYBODY)


def current_caller() -> Caller:
    """Whoever the door let in; `ANYBODY` on a platform that asks nobody."""
    return _CALLER.get()


def actor(said: str) -> str:
    """Who does it, for rows and audits: the token where one was shown, else what the caller says of itself."""
    caller = current_caller()
    return str(caller) if caller.is_named else said


def let_in(caller: Caller) -> None:
    """For the rest of this call."""
    _CALLER.set(caller)
