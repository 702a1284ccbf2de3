"""What a measurement is given: engines, a place for its files, and how long its phases last."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from msgspec import Struct

from benchmarks.platform import Platform, fresh_platform
from benchmarks.row import Row
from penstock.adapters.embedded import EmbeddedEngines

WARM_UP_S = 3.0
"""from the first executed task to the measured phase: lanes and credit find their size"""


class Bench(Struct, frozen=True):
    """One run of the command."""

    engines: EmbeddedEngines
    folder: Path
    phase_s: float
    window_s: float
    latency_s: float
    is_quick: bool
    plain_per_s: list[float]
    """what `throughput.end_to_end` has measured in this run: what other loads are compared with"""

    def plain_rate(self, guess: float) -> float:
        """Tasks/s of the end-to-end load in this run."""
        return self.plain_per_s[-1] if self.plain_per_s else guess

    def platform(
        self, cell_count: int = 1, settings: Mapping[str, str] | None = None
    ) -> AbstractAsyncContextManager[Platform]:
        """All processes but the worker and the clients, on a fresh database. `settings`: environment of the servers."""
        return fresh_platform(self.engines, self.folder, cell_count, settings)


def full(engines: EmbeddedEngines, folder: Path) -> Bench:
    """Phases of 30 s."""
    return Bench(engines, folder, phase_s=30.0, window_s=5.0, latency_s=20.0, is_quick=False, plain_per_s=[])


def quick(engines: EmbeddedEngines, folder: Path) -> Bench:
    """Phases of 10 s."""
    return Bench(engines, folder, phase_s=10.0, window_s=2.0, latency_s=10.0, is_quick=True, plain_per_s=[])


class Measurement(Struct, frozen=True):
    """Rows that are measured together. `over_bare_store`: those that are divided by the bare store's lifecycles."""

    names: tuple[str, ...]
    run: Callable[[Bench], Awaitable[list[Row]]]
    over_bare_store: tuple[str, ...] = ()
