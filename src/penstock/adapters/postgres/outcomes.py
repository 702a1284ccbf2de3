"""Where to look for an outcome: no earlier than its id was made."""

from collections.abc import Iterable
from typing import Final

from penstock.model.identity import TaskId, created_at_us

SLACK_US: Final = 86_400_000_000
"""A day: the clock of the store may have been set back meanwhile, and it costs one more partition at most."""


def ended_since_us(ids: Iterable[TaskId]) -> int:
    """The earliest time at which any of these tasks can have ended."""
    return created_at_us(min(ids)) - SLACK_US
