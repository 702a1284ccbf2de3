"""Live rows that no rule knows: a status of a later release, one that only ended tasks have, a lane of no priority.

Nobody may guess what to do with them, and nobody may stumble over them: they are told to the log and passed over.
"""

import logging
from collections.abc import Sequence
from typing import Any, Final

from penstock.adapters.postgres.rows import running_of
from penstock.model.identity import TaskId, text_of
from penstock.model.lane import Priority
from penstock.model.lifecycle import LIVE
from penstock.model.task import Trigger

SET_ASIDE_S: Final = 3600.0
"""when such a row is looked at, and told, again"""

log = logging.getLogger(__name__)


def sort_out(rows: Sequence[Sequence[Any]]) -> tuple[list[Trigger], list[Sequence[Any]]]:
    """The rows that the rules know, as the model has them, and the others as they are."""
    known: list[Trigger] = []
    strange: list[Sequence[Any]] = []
    for row in rows:
        if is_known(row):
            known.append(running_of(row))
        else:
            strange.append(row)
            log.error("%s; it is passed over: repair or delete its row in penstock.trigger", strangeness(row))
    return known, strange


def is_known(row: Sequence[Any]) -> bool:
    """Of a row as `rows.running_of` takes it."""
    return row[2] in LIVE and row[1] % 4 in _PRIORITIES


def strangeness(row: Sequence[Any]) -> str:
    """What is strange about a row that is not known."""
    return f"task {text_of(TaskId(row[0]))} has status {row[2]} in lane {row[1]}, which no rule knows of a live task"


_PRIORITIES: Final = frozenset(Priority)
