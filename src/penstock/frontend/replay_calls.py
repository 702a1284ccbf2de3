"""What is asked of replays and answered, in the shape of the wire but free of it."""

from collections.abc import Sequence

from msgspec import Struct


class ReplayCall(Struct, frozen=True):
    """One Replay call: a page of it where no subjects are named. 0 of a bound: as far as the subject goes."""

    namespace: str
    subscription: str
    who: str
    reason: str = ""
    subjects: Sequence[str] = ()
    from_sequence: int = 0
    from_us: int = 0
    to_sequence: int = 0
    to_us: int = 0
    preview: bool = False
    page_size: int = 0
    page_token: str = ""

    @property
    def bounds(self) -> tuple[int, int, int, int]:
        """All four."""
        return self.from_sequence, self.from_us, self.to_sequence, self.to_us


class Replayed(Struct, frozen=True):
    """What a call has begun, or would begin."""

    subjects: int
    events: int
    """that the subscription wants; -1: they were not counted"""
    busy: int
    """subjects that are left out because a replay of them has not come to its end"""
    looked_at: int
    first_us: int = 0
    """when the first of the events was stored; 0: they were not counted, or there are none"""
    next_page_token: str = ""
