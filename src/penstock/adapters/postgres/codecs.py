"""How values travel: ids as their 16 bytes, instants as microseconds since 1970, spans as microseconds.

No `UUID` and no `datetime` is made on the way, which tens of thousands of rows a second notice.
"""

from collections.abc import Sequence
from typing import Any, Final

import asyncpg

_POSTGRES_EPOCH_US: Final = 946_684_800_000_000
"""PostgreSQL counts from 2000-01-01."""
LONG_AGO_US: Final = -62_135_596_800_000_000
"""The year 1: before every instant that is ever written."""


_same: Final = bytes.__bytes__
"""an id is its bytes already; a seventh of the cost of `bytes(id)`"""


def _instant(pair: tuple[int]) -> int:
    return pair[0] + _POSTGRES_EPOCH_US


def _pair(instant_us: int) -> tuple[int]:
    return (instant_us - _POSTGRES_EPOCH_US,)


def _span(triple: tuple[int, int, int]) -> int:
    months, days, microseconds = triple
    return (months * 30 + days) * 86_400_000_000 + microseconds


def _triple(span_us: int) -> tuple[int, int, int]:
    return (0, 0, span_us)


async def teach(connection: asyncpg.Connection) -> None:
    """Set the codecs of a new connection."""
    await connection.set_type_codec("uuid", schema="pg_catalog", encoder=_same, decoder=_same, format="binary")
    await connection.set_type_codec("timestamptz", schema="pg_catalog", encoder=_pair, decoder=_instant, format="tuple")
    await connection.set_type_codec("interval", schema="pg_catalog", encoder=_triple, decoder=_span, format="tuple")


def microseconds(seconds: float) -> int:
    """A span for the store."""
    return round(seconds * 1_000_000)


def optional_column(values: list[int | None]) -> Sequence[int | None]:
    """The values, or nothing when none is given. Unlike `column`, it tells a 0 from what is missing."""
    return () if values.count(None) == len(values) else values


def even_column(values: list[Any]) -> Sequence[Any]:
    """The values, or the first alone when all are equal: the statement takes it for those that are missing."""
    return values[:1] if values and values.count(values[0]) == len(values) else values


def column(values: list[Any]) -> Sequence[Any]:
    """The values, or nothing when all are empty: `unnest` fills a short column with nulls."""
    return values if any(values) else ()
