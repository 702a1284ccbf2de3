"""Errors of users as they are kept: text only, cut to its limits, whatever the object does when asked."""

import os
from itertools import chain
from pathlib import Path
from traceback import StackSummary, TracebackException
from typing import Final

from penstock.model.kept_text import kept_end, kept_start
from penstock.model.limits import ERROR_MESSAGE_BYTES_MAX, TRACEBACK_BYTES_MAX
from penstock.model.task import Failure

_TYPE_CHARS_MAX: Final = 256
_FRAMES_MAX: Final = 50
_OURS: Final = f"{Path(__file__).parents[1]}{os.sep}"


def failure_of(error: BaseException) -> Failure:
    """The error as text. Never raises."""
    return Failure(
        type=_type_of(error)[:_TYPE_CHARS_MAX],
        message=kept_start(_message_of(error), ERROR_MESSAGE_BYTES_MAX),
        traceback=kept_end(_traceback_of(error), TRACEBACK_BYTES_MAX),
    )


def _type_of(error: BaseException) -> str:
    kind = type(error)
    module = str(kind.__module__)
    return str(kind.__qualname__) if module == "builtins" else f"{module}.{kind.__qualname__}"


def _message_of(error: BaseException) -> str:
    try:
        return str(error)
    except BaseException as second:  # noqa: BLE001 - a user's __str__ may do anything
        return f"<its text cannot be had: {type(second).__name__}>"


def _traceback_of(error: BaseException) -> str:
    try:
        shown = TracebackException.from_exception(error, limit=-_FRAMES_MAX)
        if not _keep_their_frames(shown):
            return ""
        lines = list(shown.format())
    except BaseException as second:  # noqa: BLE001 - a user's __str__ or a broken chain may do anything
        return f"<its traceback cannot be had: {type(second).__name__}>"
    return "".join(kept_start(line, TRACEBACK_BYTES_MAX // 2) for line in lines)


def _keep_their_frames(shown: TracebackException) -> bool:
    """Takes the platform's own frames out of the whole chain; False: none of the user's is left."""
    theirs = False
    rest = [shown]
    while rest:
        one = rest.pop()
        one.stack = StackSummary.from_list([frame for frame in one.stack if not frame.filename.startswith(_OURS)])
        theirs = theirs or bool(one.stack)
        rest.extend(each for each in chain((one.__cause__, one.__context__), one.exceptions or ()) if each)
    return theirs
