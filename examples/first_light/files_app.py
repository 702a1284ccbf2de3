"""The app of the demo: one lambda, one task per file."""

import os
import time
from pathlib import Path

from facts import facts_of
from ledger import FOLDER_VARIABLE, Part
from names import from_uri

from penstock import App, current_task

app = App("files")
_parts: dict[tuple[int, str], Part] = {}


@app.task
def describe(uri: str, run: str) -> int:
    """Writes down the facts about one file in the ledger of its run; returns how many bytes it has."""
    task = current_task()
    part = _part(run)
    began = {"claim": task.claim, "at_us": time.time_ns() // 1000, "scheduled_at_us": task.scheduled_at_us}
    part.write({"begin": task.id, "uri": uri, **began})
    facts = facts_of(from_uri(uri))
    part.write({"fact": task.id, "uri": uri, **facts})
    return int(facts.get("bytes", 0))


def _part(run: str) -> Part:
    """This process's own: whoever was forked must not write into its parent's."""
    key = (os.getpid(), run)
    if key not in _parts:
        _parts[key] = Part(Path(os.environ[FOLDER_VARIABLE]) / run)
    return _parts[key]
