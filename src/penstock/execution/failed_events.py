"""Which event of a delivery its lambda says has failed."""

from penstock.execution.held import Held
from penstock.model.event import Event
from penstock.model.outcomes import EventFailed


def named(held: Held, error: BaseException) -> tuple[int, BaseException, str]:
    """The event's sequence (0: none is named), why it failed, and what else its author should know."""
    if not isinstance(error, EventFailed):
        return 0, error, ""
    reason = error.__cause__ or error
    if any(isinstance(event, Event) and event.sequence == error.sequence for event in held.payload):
        return error.sequence, reason, ""
    note = f" (EventFailed named event {error.sequence}, which is none of this delivery: none of it counts as done)"
    return 0, reason, note
