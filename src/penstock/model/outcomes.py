"""How a lambda says that it failed, and how a payload is refused before it starts."""

from datetime import timedelta


class RetriableFailure(Exception):
    """It failed for now: try again after `delay` (seconds), or after the policy's backoff when None."""

    def __init__(self, message: str = "", *, delay: timedelta | float | None = None) -> None:
        super().__init__(message)
        self.delay_s = delay.total_seconds() if isinstance(delay, timedelta) else delay


class FatalFailure(Exception):
    """It failed for good: trying again cannot help."""


class Undecodable(Exception):
    """The payload does not fit the lambda's parameters; its code was not started."""


class UnfitResult(Exception):
    """What a lambda returned cannot be its result: its annotation says otherwise, or JSON cannot carry it."""
