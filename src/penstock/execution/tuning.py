"""The numbers of layer 5. Times in seconds."""

from functools import cache
from typing import Final

from msgspec import Struct

PREFETCH_S: Final = 0.2
"""an executor buffers what it drains in this time: more than a loaded round trip, far less than a person notices"""
PREFETCH_MAX: Final = 2_000
PREFETCH_BYTES_MAX: Final = 16 * 1024 * 1024
FAILED_BEATS_MAX: Final = 3
REPORTS_IN_FLIGHT: Final = 2

KILL_MARGIN_SHARE: Final = 0.2
"""of a lease: an executor is killed no earlier than this before its deadline"""


class ExecutorTuning(Struct, frozen=True):
    """How one executor behaves. The lease and the heartbeat come from the orchestrator."""

    namespace: str = "default"
    version: str = ""
    locality: str = ""
    concurrency: int = 100
    """coroutines at the same time"""
    threads: int = 16
    """plain functions at the same time"""
    heartbeat_timeout_s: float = 3.0
    cancel_grace_s: float = 5.0
    """how long a coroutine may take to end after it was cancelled for its timeout"""
    stop_grace_s: float = 25.0
    """how long a clean stop waits for what runs"""
    interrupt_grace_s: float = 2.0
    """how long it waits then for cancelled coroutines, and for reports to be accepted"""
    idle_exit_s: float = 30.0
    """when an idle quarantine executor leaves"""


class ControllerTuning(Struct, frozen=True):
    """How the controller and its supervisors behave."""

    margin_s: float = 2.0
    """an executor is killed this long before its earliest lease runs out"""
    look_every_s: float = 0.25
    """between two looks at a board; well below the margin"""
    ready_within_s: float = 60.0
    """an executor that is not ready by then is killed and started again"""
    stop_within_s: float = 27.5
    """then what is left is killed and reported, which takes two more"""
    quarantines_max: int = 4
    """quarantine executors at the same time, after crashes; each runs one suspect at a time"""
    restart_first_s: float = 0.1
    restart_max_s: float = 10.0
    healthy_after_s: float = 10.0
    """an executor that lived this long starts its next backoff anew"""


class Terms(Struct):
    """What the orchestrators said of leases, as last heard."""

    lease_s: float = 30.0
    heartbeat_s: float = 5.0

    @property
    def lease_us(self) -> int:
        """The lease in microseconds."""
        return int(self.lease_s * 1_000_000)

    @property
    def start_margin_us(self) -> int:
        """User code is not started this short before its deadline: it would be killed soon after."""
        return _start_margin_us(self.lease_s)

    @property
    def last_margin_us(self) -> int:
        """A process ends itself this short before the deadline of running code, if its supervisor has not."""
        return int(min(1.0, self.lease_s * KILL_MARGIN_SHARE / 2) * 1_000_000)

    @property
    def report_timeout_s(self) -> float:
        """How long one call with reports may take: a lease has time for several, and the next goes to another."""
        return min(10.0, self.lease_s / 4)

    @property
    def tick_s(self) -> float:
        """How often leases are looked after: a second, less for short leases."""
        return min(1.0, self.heartbeat_s / 5)


@cache
def _start_margin_us(lease_s: float) -> int:
    """Asked for each task, and always of the same lease."""
    return int(min(4.0, lease_s * KILL_MARGIN_SHARE * 2) * 1_000_000)
