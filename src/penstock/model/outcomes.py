"""How a lambda says that it failed, and how a payload is refused before it starts."""

from datetime import timedelta


class RetriableFailure(Exception):
    """It failed for now: try again after `delay` (seconds), or after the policy's backoff when None."""

    def __init__(self, message: str = "", *, delay: timedelta | float | None = None) -> None:
        super().__init__(message)
        self.delay_s = delay.total_seconds() if isinstance(delay, timedelta) else delay


class FatalFailure(Exception):
    """It failed for good: trying again cannot help."""


class EventFailed(Exception):
    """The first event of a delivery that failed: those before it are done, it and those after it are not.

    `raise EventFailed(event) from error` says why: a `FatalFailure` makes that event a dead letter at once, a
    `RetriableFailure` says when to try it again. Raises `TypeError` for what is no event of a stream.
    """

    def __init__(self, event: object, message: str = "") -> None:
        sequence = getattr(event, "sequence", None)
        if type(sequence) is not int:
            raise TypeError(f"EventFailed takes the event that failed, not {event!r:.60}")
        super().__init__(message or f"event {sequence} of {getattr(event, 'subject', '')!r:.200} failed")
        self.event, self.sequence = event, sequence


class Undecodable(Exception):
    """The payload does not fit the lambda's parameters; its code was not started."""


class UndecodableEvent(Undecodable):
    """The data of an event is not what the lambda takes. Its code has not seen it, and is done with those before it."""

    def __init__(self, sequence: int, message: str) -> None:
        super().__init__(message)
        self.sequence = sequence


class UnfitResult(Exception):
    """What a lambda returned cannot be its result: its annotation says otherwise, or JSON cannot carry it."""
