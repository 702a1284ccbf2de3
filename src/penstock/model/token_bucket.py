"""Tokens: one for each task that a rate lets pass. The store holds the buckets; processes draw for a moment ahead.

In any time T at most `rate * (T + DRAWN_S) + burst` tasks pass, however many processes draw: what a process draws ahead
of need is good for `DRAWN_S` only.
"""

import math
from typing import Final

from msgspec import Struct

from penstock.model.lane import LambdaId
from penstock.model.quota import QuotaKind

DRAWN_S: Final = 0.1
"""tokens that were drawn and not spent by then are void"""
DRAW_AGAIN_S: Final = 0.02
"""a bucket that had too little is not asked again sooner"""

BucketKey = tuple[LambdaId, QuotaKind, int]
"""lambda, kind and priority of its quota"""


class Limit(Struct, frozen=True):
    """A rate as it is in force."""

    key: BucketKey
    per_s: float
    burst: int

    @property
    def ahead(self) -> int:
        """Tokens that may be drawn ahead of need."""
        return min(math.floor(self.per_s * DRAWN_S), self.burst)


class Draw(Struct, frozen=True):
    """What a process asks a bucket for: `least` or nothing, up to `wanted`."""

    limit: Limit
    least: int
    wanted: int


class Grant(Struct, frozen=True):
    """What it gets. `left`: in the bucket after it."""

    tokens: int
    left: float


class Level(Struct, frozen=True):
    """A bucket at a moment of the store's clock."""

    tokens: float
    at_us: int
    denied_us: int = 0
    """when a draw last got less than it wanted"""

    def drawn(self, draw: Draw, now_us: int) -> tuple["Level", Grant]:
        """After a draw. A clock that went back fills nothing, and goes on from where it is."""
        limit = draw.limit
        filled = self.tokens + max(0, now_us - self.at_us) / 1e6 * limit.per_s
        tokens = min(filled, limit.burst)
        granted = min(draw.wanted, math.floor(tokens)) if tokens >= draw.least else 0
        denied_us = now_us if granted < draw.wanted else self.denied_us
        return Level(tokens - granted, now_us, denied_us), Grant(granted, tokens - granted)


def full(limit: Limit, now_us: int) -> Level:
    """A bucket that nobody has drawn from yet."""
    return Level(limit.burst, now_us)


class Purse:
    """What one process holds of one bucket, and what it knows of it. `now_s`: any clock that only rises."""

    def __init__(self, limit: Limit) -> None:
        self.limit = limit
        self._tokens = 0
        self._good_until_s = 0.0
        self._left: float = limit.burst
        self._told_at_s = -math.inf
        self._draw_after_s = -math.inf
        self._asked = self._asked_before = 0
        self._asked_since_s = -math.inf

    def change(self, limit: Limit) -> None:
        """The quota was changed: what is known of its bucket counts no more."""
        self.limit, self._draw_after_s, self._told_at_s = limit, -math.inf, -math.inf

    def at_hand(self, now_s: float) -> int:
        """Tokens that can be spent now."""
        return self._tokens if now_s < self._good_until_s else 0

    def ask(self, count: int, now_s: float) -> None:
        """Note a need, so that the next draw is of the right size."""
        since_s = now_s - self._asked_since_s
        if since_s >= DRAWN_S:
            self._asked_before = self._asked if since_s < 2 * DRAWN_S else 0
            self._asked, self._asked_since_s = 0, now_s
        self._asked += count

    def spend(self, count: int) -> None:
        """For who has looked at `at_hand`."""
        self._tokens -= count

    def give_back(self, count: int) -> None:
        """What was not needed after all is good for as long as it was."""
        self._tokens += count

    def dry_s(self, count: int, now_s: float) -> float:
        """For how long the bucket is known to have less than `count`; 0: it may have it."""
        known_s = now_s - self._told_at_s
        left = math.inf if known_s == math.inf else self._left + known_s * self.limit.per_s
        missing_s = max(0.0, count - self.at_hand(now_s) - left) / self.limit.per_s
        return max(missing_s, self._draw_after_s - now_s, 0.0)

    def draw(self, count: int, now_s: float, *, all_or_none: bool) -> Draw:
        """What to ask the bucket for, to have `count`, or with some of it at least one."""
        missing = max(1, count - self.at_hand(now_s))
        ahead = min(self.limit.ahead, max(self._asked, self._asked_before))
        wanted = min(self.limit.burst, max(missing, ahead))
        return Draw(self.limit, missing if all_or_none else 1, wanted)

    def fill(self, draw: Draw, grant: Grant, now_s: float) -> None:
        """The bucket's answer."""
        self._tokens = self.at_hand(now_s) + grant.tokens
        self._good_until_s = now_s + DRAWN_S
        self._left, self._told_at_s = grant.left, now_s
        if grant.tokens < draw.least:
            self._draw_after_s = now_s + max(DRAW_AGAIN_S, (draw.least - grant.left) / draw.limit.per_s)
        elif grant.tokens < draw.wanted:  # it is empty now: not once more for each token that comes
            self._draw_after_s = now_s + min(DRAW_AGAIN_S, draw.limit.ahead / draw.limit.per_s)
