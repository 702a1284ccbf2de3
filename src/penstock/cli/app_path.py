"""The APP of `dev` and `worker`: checked before anything starts, without running the user's code."""

import importlib.util
import os
import sys
from pathlib import Path
from typing import Final

from penstock.model.errors import InvalidInput

_ATTRIBUTE_DEFAULT: Final = "app"


def check_app(text: str) -> str:
    """`module:attribute`, found from the working folder; raises `InvalidInput`.

    `module` alone means `module:app`. Puts the working folder on the import path.
    """
    module, _, attribute = text.partition(":")
    attribute = attribute or _ATTRIBUTE_DEFAULT
    if "/" in module or module.endswith(".py"):
        guess = Path(module).with_suffix("").as_posix().replace("/", ".")
        raise InvalidInput("APP", f"{text!r} is a file; name the module, such as {guess}:{attribute}")
    if not all(part.isidentifier() for part in [*module.split("."), *attribute.split(".")]):
        raise InvalidInput("APP", f"{text[:80]!r} is not module:attribute; write it such as shop.tasks:app")
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    top = module.partition(".")[0]
    if importlib.util.find_spec(top) is None:
        raise InvalidInput("APP", f"there is no module {top!r} in {Path.cwd()} or on the import path")
    return f"{module}:{attribute}"


def import_path(*folders: Path) -> dict[str, str]:
    """An environment in which Python finds modules in these folders first."""
    standing = [path for path in (os.environ.get("PYTHONPATH"),) if path]
    return {"PYTHONPATH": os.pathsep.join([*map(str, folders), *standing])}
