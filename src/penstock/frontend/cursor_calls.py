"""What is asked of subscriptions' cursors and answered, in the shape of the wire but free of it."""

from collections.abc import Sequence

from msgspec import Struct

from penstock.model.cursors import CursorCount, CursorOrderLine, KeptLetter, StandingRow
from penstock.model.filter_failures import KnownFilterFailures
from penstock.model.lag import Lag
from penstock.model.refresh import Finding, RefreshState
from penstock.model.subscription import Subscription


class CursorSummary(Struct, frozen=True):
    """A subscription and what its subjects wait for."""

    subscription: Subscription
    count: CursorCount


class CursorsShown(Struct, frozen=True):
    """One subscription: its slowest subjects, or the one that was named."""

    summary: CursorSummary
    rows: Sequence[StandingRow]
    letters: Sequence[KeptLetter]
    orders: Sequence[CursorOrderLine]
    reason: str = ""
    """of one subject: what it waits for"""
    source_head: int = 0
    """of one subject"""
    cursor: int = 0
    """of one subject: its own, or where it would begin"""
    filter_failures: KnownFilterFailures | None = None
    """None: its filter has not failed"""


class VerifyCall(Struct, frozen=True):
    """One Verify call."""

    namespace: str
    stream: str
    subscription: str = ""
    page_size: int = 0
    page_token: str = ""


class Verified(Struct, frozen=True):
    """A page of subjects that were compared. `looked_at_us`: the store's clock before it."""

    looked_at_us: int
    subjects: int
    subscriptions: Sequence[str]
    behind: Sequence[Lag]
    next_page_token: str


class CursorOrderCall(Struct, frozen=True):
    """One SkipEvent or RedriveEvent call."""

    namespace: str
    subscription: str
    subject: str
    sequence: int
    who: str
    reason: str = ""


class Redriven(Struct, frozen=True):
    """Of an event that is tried anew."""

    cursor: int
    out_of_order: bool
    """its subject has gone on: the event comes after those that followed it"""


class RefreshShown(Struct, frozen=True):
    """The loops of streams, by the streams' names, and findings."""

    loops: Sequence[tuple[str, RefreshState]]
    findings: Sequence[Finding] = ()
