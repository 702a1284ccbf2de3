"""What is known of filters that fail. Off the path of work."""

from collections.abc import Sequence
from typing import Protocol

from penstock.model.filter_failures import FilterFailures, KnownFilterFailures
from penstock.model.lane import LambdaId


class FilterFailureCounts(Protocol):
    """`Unavailable` when the store cannot answer."""

    async def add(self, found: Sequence[FilterFailures]) -> None:
        """Add what one process has seen since it last did, one of each subscription at most. The error is the last
        one from now on. What is lost with a process, or added twice by a repeated call, does no harm but to the count.
        """

    async def of(self, lambda_id: LambdaId) -> KnownFilterFailures | None:
        """Of one subscription; None: its filter has not failed since it was declared as it is."""
