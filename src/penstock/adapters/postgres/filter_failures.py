"""What is known of filters that fail, in PostgreSQL."""

from collections.abc import Sequence
from typing import Final

from penstock.adapters.postgres.pools import Pool
from penstock.adapters.postgres.statements import statement
from penstock.model.filter_failures import FilterFailures, KnownFilterFailures
from penstock.model.lane import LambdaId

_ADD: Final = statement("filter_failures_add")
_OF: Final = statement("filter_failures_of")


class PostgresFilterFailureCounts:
    """See `ports.filter_failures.FilterFailureCounts`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def add(self, found: Sequence[FilterFailures]) -> None:
        """What one process has seen."""
        await self._pool.fetch(
            _ADD,
            [each.lambda_id for each in found],
            [each.count for each in found],
            [each.error.replace("\0", "\N{REPLACEMENT CHARACTER}") for each in found],
            [each.subject for each in found],
            [each.sequence for each in found],
        )

    async def of(self, lambda_id: LambdaId) -> KnownFilterFailures | None:
        """Of one subscription."""
        rows = await self._pool.fetch(_OF, lambda_id)
        for count, error, subject, sequence, last_at_us in rows:
            return KnownFilterFailures(FilterFailures(lambda_id, count, error, subject, sequence), last_at_us)
        return None
