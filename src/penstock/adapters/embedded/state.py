"""What this folder remembers from one start to the next: which processes it started, and its address."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from penstock.adapters.embedded.errors import from_os_error

if TYPE_CHECKING:
    from penstock.adapters.embedded.folder import Folder
    from penstock.adapters.embedded.processes import EngineProcess


class State:
    """The state file: one small JSON object per engine, replaced whole, private to its user."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._content = read(folder)

    def get(self, engine: str, key: str) -> object:
        """Return what is remembered, or None."""
        return self._content.get(engine, {}).get(key)

    def remember(self, engine: str, **facts: object) -> None:
        """Add facts about an engine and write them down."""
        self._content.setdefault(engine, {}).update(facts)
        unfinished = self._folder.state.with_suffix(".unfinished")
        try:
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as file:
                json.dump(self._content, file, indent=1)
            unfinished.replace(self._folder.state)
        except OSError as error:
            raise from_os_error(error, self._folder.path) from None

    def remember_process(self, engine: str, process: EngineProcess | None) -> None:
        """Write down the pid and the start time of an engine's process, or that there is none."""
        pid, started_at = (process.pid, process.started_at) if process else (None, None)
        self.remember(engine, pid=pid, started_at=started_at)


def read(folder: Folder) -> dict[str, dict[str, object]]:
    """Read the state file; one that is missing or broken remembers nothing."""
    try:
        content = json.loads(folder.state.read_text())
    except FileNotFoundError:
        return {}
    except ValueError:
        return {}
    except OSError as error:
        raise from_os_error(error, folder.path) from None
    if not isinstance(content, dict):
        return {}
    return {name: facts for name, facts in content.items() if isinstance(facts, dict)}
