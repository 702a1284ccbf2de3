"""Moments as RFC 3339 has them, and microseconds since 1970."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from penstock.model.errors import InvalidInput

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MOMENT: Final = re.compile(r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?([Zz]|[+-]\d\d:\d\d)\Z", re.ASCII)
LAST_US: Final = 253_402_300_799_999_999
"""the last microsecond of the year 9999"""


def moment_text(moment_us: int) -> str | None:
    """UTC with microseconds; None outside of the years 1970 to 9999."""
    if not 0 <= moment_us <= LAST_US:
        return None
    return (_EPOCH + timedelta(microseconds=moment_us)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment_us(text: object, field: str) -> int:
    """Microseconds since 1970; what is finer is cut off. Raises `InvalidInput`."""
    found = _MOMENT.match(text) if isinstance(text, str) else None
    if found is None:
        raise InvalidInput(
            field, f"{str(text)[:40]!r} is no moment; write it as RFC 3339 says, such as 2026-03-01T09:00:00Z"
        )
    day, clock, fraction, zone = found.groups()
    try:
        whole = datetime.fromisoformat(f"{day}T{clock}{'+00:00' if zone in 'Zz' else zone}")
        since_us = (whole - _EPOCH) // timedelta(seconds=1) * 1_000_000 + int((fraction or "0").ljust(6, "0")[:6])
    except (ValueError, OverflowError) as error:
        raise InvalidInput(field, f"{found[0]!r} is no moment: {error}") from None
    if not 0 < since_us <= LAST_US:
        raise InvalidInput(field, f"{found[0]!r} is outside of the years 1970 to 9999")
    return since_us
