"""Filters that fail while they run: the events are not wanted, and somebody should know."""

from typing import Final

from msgspec import Struct

from penstock.model.lane import LambdaId

ERROR_CHARS_MAX: Final = 300


class FilterFailures(Struct, frozen=True):
    """How often the filter of a subscription failed, and what happened the last time."""

    lambda_id: LambdaId
    count: int
    """looks at events: one that is handed over again is looked at again"""
    error: str
    subject: str
    sequence: int


class KnownFilterFailures(Struct, frozen=True):
    """What the store knows of them."""

    failures: FilterFailures
    last_at_us: int
