"""Times and numbers as sentences have them."""

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def moment(at_us: int, now_us: int) -> str:
    """`2026-03-01 09:00:00 UTC (in 5m 20s)`, or `(3 s ago)`."""
    shown = f"{_EPOCH + timedelta(microseconds=at_us):%Y-%m-%d %H:%M:%S} UTC"
    if at_us > now_us:
        return f"{shown} (in {length(at_us - now_us)})"
    return f"{shown} ({length(now_us - at_us)} ago)"


def length(duration_us: int) -> str:
    """`0.4 s`, `12 s`, `5m 20s`, `3h 12m`, `4d 3h`."""
    seconds = max(0, duration_us) / 1_000_000
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    if not minutes:
        return f"{rest} s"
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return f"{minutes}m {rest}s"
    return f"{hours}h {minutes}m" if hours < 48 else f"{hours // 24}d {hours % 24}h"


def times(count: int, word: str, many: str = "") -> str:
    """`1 attempt`, `12 attempts`, `2 crashes`. `many`: the word for more than one, where it is not made by an s."""
    return f"{count} {word}" if count == 1 else f"{count} {many or word + 's'}"


def counted(count: int, limit: int, word: str) -> str:
    """`1 older task`, `12 older tasks`, `10000 or more older tasks`."""
    if count >= limit:
        return f"{limit} or more {word}s"
    return times(count, word)
