"""Dead letters for people: how many of which kind, and which."""

from collections.abc import Sequence
from typing import Final

from penstock.adapters.postgres.letter_filter import lanes_wanted, until_us
from penstock.adapters.postgres.pools import Pool
from penstock.adapters.postgres.search import views
from penstock.adapters.postgres.statements import statement
from penstock.model.identity import TaskId
from penstock.model.sweep import DeadLetterFilter, DeadLetterGroup
from penstock.model.task import TaskView

_GROUPS: Final = statement("dead_groups")
_NEWEST: Final = statement("dead_newest")
_LAST: Final = TaskId(b"\xff" * 16)


class PostgresDeadLetters:
    """See `ports.dead_letters.DeadLetters`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def groups(self, namespace_id: int, wanted: DeadLetterFilter, limit: int) -> Sequence[DeadLetterGroup]:
        """How many there are of each kind, the most first."""
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                _GROUPS,
                namespace_id,
                await lanes_wanted(connection, namespace_id, wanted),
                wanted.error_type,
                wanted.cause,
                wanted.from_us,
                until_us(wanted),
                wanted.collection,
                limit,
            )
        return [DeadLetterGroup(*row) for row in rows]

    async def letters(
        self, namespace_id: int, wanted: DeadLetterFilter, before: TaskId | None, limit: int
    ) -> Sequence[TaskView]:
        """The newest tasks first."""
        async with self._pool.transaction("repeatable_read") as connection:
            rows = await connection.fetch(
                _NEWEST,
                namespace_id,
                before or _LAST,
                await lanes_wanted(connection, namespace_id, wanted),
                wanted.collection,
                wanted.error_type,
                wanted.cause,
                wanted.from_us,
                until_us(wanted),
                limit,
            )
            return await views(connection, namespace_id, [row[0] for row in rows], with_payload=False)
