"""What callers are answered who ask why nothing runs, in the shape of the wire but free of it."""

from collections.abc import Sequence

from msgspec import Struct

from penstock.model.attendance import Attendance
from penstock.model.explanation import Explanation, TaskFacts
from penstock.model.gate import Gate
from penstock.model.lane_count import LaneCount


class TaskExplained(Struct, frozen=True):
    """An answer, and the facts that it was made of."""

    explanation: Explanation
    facts: TaskFacts


class LaneSeen(Struct, frozen=True):
    """One lane, with what the store does not know of it."""

    count: LaneCount
    attendance: Attendance | None
    drain_per_s: float


class LaneExplained(Struct, frozen=True):
    """An answer for a lane, or for all lanes of a lambda."""

    explanation: Explanation
    lanes: Sequence[LaneSeen]
    gates: Sequence[Gate]
    now_us: int
    whole: bool
    """False: so much is enqueued or runs that not all of it was counted"""


class LanePage(Struct, frozen=True):
    """One page of lanes in which something stands. `next_after` is "" on the last."""

    lanes: Sequence[LaneSeen]
    next_after: str
    now_us: int
    whole: bool
