"""What the frontend's parts say of themselves when they are asked; until then it costs nothing."""

from msgspec import Struct

from penstock.frontend.admission_control import AdmissionControl
from penstock.frontend.admission_pump import AdmissionPump
from penstock.frontend.journal_pump import JournalPump
from penstock.model.fair_queue import Load


class Readings(Struct, frozen=True):
    """Counts since this process began, and how things stand now. Times in seconds."""

    tasks_stored: int
    tasks_waiting: int
    oldest_wait_s: float
    overload_stage: int
    refusals: int
    events_stored: int
    events_waiting: int


class ReadingDesk:
    """Reads its parts' own numbers."""

    def __init__(self, admission: AdmissionPump, control: AdmissionControl, journal: JournalPump) -> None:
        self._admission, self._control, self._journal = admission, control, journal

    def read(self) -> Readings:
        """As it stands now."""
        return Readings(
            tasks_stored=self._admission.stored,
            tasks_waiting=self._admission.waiting,
            oldest_wait_s=max(self._admission.oldest_wait_s(load) for load in Load),
            overload_stage=int(self._control.stage),
            refusals=self._control.refusals,
            events_stored=self._journal.stored,
            events_waiting=self._journal.waiting,
        )
