"""Who is there to run a lambda's tasks, as orchestrators see it."""

from collections.abc import Iterable

from msgspec import Struct


class Attendance(Struct, frozen=True):
    """Executors with an open stream for a lambda. An executor that is counted in one field is in no other."""

    ready: int = 0
    """can take more now"""
    busy: int = 0
    """are there and have no credit"""
    silent: int = 0
    """have a stream and were not heard of for seconds: stopped, or cut off"""
    stopping: int = 0
    """take nothing more"""
    quarantine_ready: int = 0
    """for suspects only, and free"""
    quarantine_busy: int = 0
    credit: int = 0
    """how many more tasks those that are ready can take"""
    busy_s: float = 0.0
    """for how long no executor has had credit, when some are busy and none is ready"""

    @property
    def at_work(self) -> int:
        """Executors that take ordinary tasks, now or when they have room."""
        return self.ready + self.busy


NOBODY = Attendance()


def together(parts: Iterable[Attendance]) -> Attendance:
    """What several orchestrators say of one lambda, each of its own streams."""
    seen = list(parts)
    waits = [part.busy_s for part in seen if part.busy]
    ready = sum(part.ready for part in seen)
    return Attendance(
        ready=ready,
        busy=sum(part.busy for part in seen),
        silent=sum(part.silent for part in seen),
        stopping=sum(part.stopping for part in seen),
        quarantine_ready=sum(part.quarantine_ready for part in seen),
        quarantine_busy=sum(part.quarantine_busy for part in seen),
        credit=sum(part.credit for part in seen),
        busy_s=min(waits) if waits and not ready else 0.0,
    )
