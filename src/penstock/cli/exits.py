"""Exit codes, and how every failure becomes one line: what, where, what to do.

Only what users' own code did is more than that: its traceback follows.
"""

import os
import sys
import traceback
from typing import Final

import typer

from penstock.cli.text import visible
from penstock.model.errors import AppRefused, InvalidInput, PenstockError

OK: Final = 0
FAILED: Final = 1
USAGE: Final = 2
INTERRUPTED: Final = 130
DEBUG_VARIABLE: Final = "PENSTOCK_DEBUG"

_BUG = "this is a defect of Penstock: run it again with PENSTOCK_DEBUG=1 and report what it prints"


class Failure(PenstockError):
    """A verb did what it could, and that was not what was wanted; exit code 1."""


def tell(error: BaseException) -> int:
    """Prints the error on stderr (where in our code, too, with PENSTOCK_DEBUG=1); returns the exit code."""
    if os.environ.get(DEBUG_VARIABLE) == "1":
        traceback.print_exception(error)
    text, code = _describe(error)
    if not text:  # help was shown in place of a message
        return code
    print("error: " + " ".join(visible(text).split()), file=sys.stderr)
    if isinstance(error, AppRefused) and error.traceback:
        print(visible(error.traceback), file=sys.stderr)
    return code


def _describe(error: BaseException) -> tuple[str, int]:
    match error:
        case typer.TyperException():
            context = getattr(error, "ctx", None)
            message = error.format_message().rstrip(".")
            where = f"; see `{context.command_path} --help`" if context and message else ""
            return f"{message}{where}", error.exit_code
        case typer.Abort():
            return "stopped at the question; nothing was changed", FAILED
        case InvalidInput():
            return str(error), USAGE
        case PenstockError():
            return str(error), FAILED
        case OSError():
            place = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, str | bytes) else ""
            return f"{place}{error.strerror or type(error).__name__}; repair that and try again", FAILED
        case _:
            return f"{type(error).__name__}: {error}; {_BUG}", FAILED
