"""What becomes of running code whose cancel was requested, as its author decides."""

from typing import Final, Literal

from penstock.model.errors import InvalidInput
from penstock.model.limits import CANCEL_GRACE_S_MAX
from penstock.sdk.durations import Duration, seconds_of

OnCancel = Literal["wait", "kill"]
CANCEL_GRACE_S_DEFAULT: Final = 5.0


def make_cancel_grace(on_cancel: str, cancel_grace: Duration | None) -> float | None:
    """In seconds, after which code that still runs is killed; None: never. Raises `InvalidInput`."""
    if on_cancel == "wait":
        if cancel_grace is not None:
            raise InvalidInput("cancel_grace", "goes with on_cancel='kill'; without it nothing is killed for a cancel")
        return None
    if on_cancel != "kill":
        raise InvalidInput("on_cancel", f"{on_cancel!r:.80} is none; use 'wait' or 'kill'")
    if cancel_grace is None:
        return CANCEL_GRACE_S_DEFAULT
    return seconds_of("cancel_grace", cancel_grace, CANCEL_GRACE_S_MAX)
