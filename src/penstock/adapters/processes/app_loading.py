"""Finding the user's app, and saying readably why it cannot be had."""

import importlib
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any, Final

_OURS: Final = Path(__file__).parents[2]


class AppUnusable(Exception):
    """The app cannot be loaded; the problem is one line for its author, the traceback is of the author's own lines."""

    def __init__(self, problem: str, traceback: str = "") -> None:
        super().__init__(f"{problem}\n{traceback}".rstrip())
        self.problem, self.traceback = problem, traceback


def load_reference(reference: str) -> Any:
    """The object that `module:attribute` names; raises what its import raises."""
    module, attribute = _parts(reference)
    found: Any = importlib.import_module(module)
    for part in attribute.split("."):
        found = getattr(found, part)
    return found


def load_app(reference: str) -> Any:
    """The app; raises `AppUnusable`, whatever its import did."""
    module, attribute = _parts(reference)
    try:
        loaded: Any = importlib.import_module(module)
    except BaseException as error:
        raise unusable(f"{reference} cannot be imported", error) from error
    app = loaded
    for part in attribute.split("."):
        if not hasattr(app, part):
            raise AppUnusable(f"{module} has no attribute {attribute!r}; {_apps_in(loaded)}")
        app = getattr(app, part)
    if not _is_app(app):
        raise AppUnusable(f"{reference} is a {type(app).__name__}, not an app; {_apps_in(loaded)}")
    return app


def unusable(what: str, error: BaseException) -> AppUnusable:
    """What failed, why in one line, and where in the author's code."""
    last = traceback.format_exception_only(error)[-1].strip()
    return AppUnusable(f"{what}: {' '.join(last.split())}", own_lines(error))


def own_lines(error: BaseException) -> str:
    """The traceback without the lines of the import machinery and of this package."""
    shown = traceback.TracebackException.from_exception(error)
    one: traceback.TracebackException | None = shown
    while one is not None:
        one.stack = traceback.StackSummary.from_list([frame for frame in one.stack if _is_theirs(frame.filename)])
        one = one.__cause__ or one.__context__
    return "".join(shown.format()).rstrip()


def _parts(reference: str) -> tuple[str, str]:
    module, _, attribute = reference.partition(":")
    if not module or not attribute:
        raise AppUnusable(f"{reference!r} is not of the form module:attribute, such as mail.tasks:app")
    return module, attribute


def _is_app(found: Any) -> bool:
    return not isinstance(found, type) and callable(getattr(found, "lambdas", None))


def _apps_in(module: ModuleType) -> str:
    names = [name for name, value in vars(module).items() if _is_app(value)]
    references = " or ".join(f"{module.__name__}:{name}" for name in names)
    return f"name {references}" if references else f"{module.__name__} has no app: make one, app = App('name')"


def _is_theirs(filename: str) -> bool:
    return not (
        filename.startswith("<frozen ")
        or filename.endswith("importlib/__init__.py")
        or Path(filename).is_relative_to(_OURS)
    )
