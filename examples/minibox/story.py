"""What happened in a run, for its summary and its report."""

import time
from dataclasses import dataclass, field

from .faults import Killing
from .history import Run
from .proof import Proof
from .verified import Verified


@dataclass
class Story:
    """Filled in as it goes."""

    began_s: float = field(default_factory=time.time)
    told: list[tuple[float, str]] = field(default_factory=list)
    """seconds since the beginning, and what was said"""
    killing: Killing | None = None
    killed_at_us: int = 0
    live_from_us: int = 0
    """when people came to work: everything ran by then"""
    proof: Proof = field(default_factory=Proof)
    runs: list[Run] = field(default_factory=list)
    lost_pings: tuple[int, int] = (0, 0)
    refreshed: int = 0
    changes: dict[str, int] = field(default_factory=dict)
    verified: Verified = field(default_factory=lambda: Verified("not asked"))
