"""The tasks that a sweep would handle, for people: how many of which kind, and the first few."""

from collections.abc import Sequence
from typing import Any, Final

from penstock.adapters.postgres.pools import Connection, Pool
from penstock.adapters.postgres.search import views
from penstock.adapters.postgres.selection import lanes_selected, task_terms
from penstock.adapters.postgres.statements import statement
from penstock.model.identity import TaskId
from penstock.model.lifecycle import LIVE, TERMINAL, Status
from penstock.model.selection import TaskGroup, TaskSelection
from penstock.ports.selected_tasks import Selected

_LIVE: Final = statement("selected_live")
_ENDED: Final = statement("selected_ended")


class PostgresSelectedTasks:
    """See `ports.selected_tasks.SelectedTasks`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def look(self, namespace_id: int, wanted: TaskSelection, count_max: int, first_max: int) -> Selected:
        """How many there are of each kind, and the oldest."""
        async with self._pool.transaction("repeatable_read") as connection:
            lanes = await lanes_selected(connection, namespace_id, wanted)
            rows: list[Any] = []
            for query, of in ((_LIVE, LIVE), (_ENDED, TERMINAL)):
                statuses = sorted(of & frozenset(wanted.statuses))
                if statuses:
                    terms = task_terms(wanted)
                    rows += await connection.fetch(query, namespace_id, lanes, statuses, *terms, count_max, first_max)
            groups = [TaskGroup(name, Status(status), *rest) for name, status, *rest, _ in rows]
            return Selected(groups, await _first(connection, namespace_id, rows, first_max))


async def _first(connection: Connection, namespace_id: int, rows: Sequence[Any], first_max: int) -> Sequence[Any]:
    ids = sorted(TaskId(task_id) for row in rows for task_id in row[-1])[:first_max]
    return await views(connection, namespace_id, ids, with_payload=False)
