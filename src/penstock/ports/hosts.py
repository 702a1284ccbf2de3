"""How execution starts, watches and ends the processes that run user code."""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from msgspec import Struct

from penstock.model.task import ClaimKey


class ExecutorSpec(Struct, frozen=True):
    """What to start."""

    name: str
    app: str
    """module:attribute"""
    lambdas: tuple[str, ...]
    quarantine: bool = False


class RunningClaim(Struct, frozen=True):
    """One claim on an executor's board. `started` False: buffered, its code has not begun."""

    key: ClaimKey
    lambda_name: str
    started: bool
    deadline_us: int
    """on this host's monotonic clock: past it the claim is not ours"""
    started_at_us: int = 0
    """on this host's monotonic clock; 0: not started"""
    ended: bool = False
    """its code has stopped and its report is not yet accepted"""

    @property
    def begun(self) -> bool:
        """Its code ran here, and nobody else knows yet how it ended."""
        return self.started or self.ended


class Ready(Struct, frozen=True, tag="ready"):
    """The app is loaded, its hooks have run, work is being asked for."""


class FailedToStart(Struct, frozen=True, tag="failed_to_start"):
    """The app or one of its hooks failed."""

    message: str


class QuarantineWanted(Struct, frozen=True, tag="quarantine_wanted"):
    """Suspects of these lambdas wait for a quarantine executor."""

    lambdas: tuple[str, ...]


class Draining(Struct, frozen=True, tag="draining"):
    """Takes no more work: these tasks ran past their timeout, or heard no cancel, and cannot be stopped from inside."""

    stuck: tuple[ClaimKey, ...]
    for_cancel: tuple[ClaimKey, ...] = ()
    """those of them whose cancel was requested"""


class KillMe(Struct, frozen=True, tag="kill_me"):
    """Nothing but stuck tasks is left here."""

    stuck: tuple[ClaimKey, ...]
    for_cancel: tuple[ClaimKey, ...] = ()
    """those of them whose cancel was requested"""


class Leaving(Struct, frozen=True, tag="leaving"):
    """Its last word before an exit of its own: what it could not report by now is lost, and nobody crashed it."""


class LeaseTold(Struct, frozen=True, tag="lease_told"):
    """How long its claims are good without a heartbeat, as an orchestrator told it."""

    lease_s: float


class TouchLost(Struct, frozen=True, tag="touch_lost"):
    """Its heartbeats failed: it ends itself at once, before its leases run out."""

    reason: str


ExecutorWord = Ready | FailedToStart | QuarantineWanted | Draining | KillMe | Leaving | LeaseTold | TouchLost


class ExecutorProcess(Protocol):
    """One process, in a group of its own, that its supervisor may kill at any moment."""

    @property
    def spec(self) -> ExecutorSpec: ...
    @property
    def pid(self) -> int: ...

    def board(self) -> Sequence[RunningClaim]:
        """What it holds now; readable while it is stopped and after it died."""

    def earliest_deadline_us(self) -> int | None:
        """No claim on the board has an earlier one, started or not; None: there is none. Cheap."""

    def words(self) -> AsyncIterator[ExecutorWord]:
        """What it says, in order; ends when it was reaped and its last word was handed over."""

    def ask_to_stop(self, hand_back: bool) -> None:
        """Finish or hand back, then exit. `hand_back` True: interrupt what runs, too."""

    def kill(self) -> None:
        """SIGKILL to the whole group; works on a stopped process too."""

    async def reaped(self) -> int:
        """Waits for its end; the exit status, negative for a signal. After it no code of it runs."""

    def stack(self) -> str:
        """Where its code was when a fatal signal ended it, "" if that is not known."""

    def last_lines(self) -> str:
        """The end of what it wrote to its standard error, "" if nothing."""


class Hosts(Protocol):
    """Starts executors on this machine."""

    async def start(self, spec: ExecutorSpec) -> ExecutorProcess:
        """Returns when the process exists, not when it is ready. Raises `OSError` when it cannot."""
