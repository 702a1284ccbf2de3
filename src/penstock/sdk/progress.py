"""Progress of a running task: told by its code, read through its handle."""

from math import isfinite

from penstock.model.errors import InvalidInput
from penstock.model.progress import Progress, kept_progress
from penstock.model.running import RUNNING


def progress(done: float, total: float = 0.0, message: str = "") -> None:
    """Say how far the task that runs here is: `done` of `total` (0: not known), and at what.

    From a coroutine or a plain function. It costs no round trip: about once a second the last word goes with a
    heartbeat, so call it as often as you like. A message longer than 256 bytes is cut. Outside of a task it does
    nothing, so that its function can be called as it is; for events, the cursor is the progress. Raises
    `InvalidInput` for what is no number, or below 0.
    """
    said = kept_progress(_checked("done", done), _checked("total", total), _text(message))
    running = RUNNING.get()
    if running is not None and running.span is None:
        running.progress = said


def _checked(field: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidInput(field, f"{value!r:.80} is no number")
    try:
        number = float(value)
    except OverflowError:
        raise InvalidInput(field, "is too large") from None
    if not isfinite(number) or number < 0:
        raise InvalidInput(field, f"{number:g} is no progress; it is 0 or more")
    return number


def _text(message: object) -> str:
    if not isinstance(message, str):
        raise InvalidInput("message", f"{message!r:.80} is not text")
    return message


__all__ = ["Progress", "progress"]
