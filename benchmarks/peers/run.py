"""One system after the other, one load after the other; what goes wrong with one keeps no other from its turn."""

from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.peers.environment import versions_of
from benchmarks.peers.peer import Ground, Peer, Unavailable
from benchmarks.peers.report import Report
from benchmarks.peers.site import site
from benchmarks.peers.workloads.workload import Phases, Workload
from benchmarks.row import RowFailed
from penstock.adapters.embedded import EmbeddedEngines

SETUP = "setup"


class Run:
    """Where, for how long, and what is told on the way."""

    def __init__(
        self, engines: EmbeddedEngines, folder: Path, cache: Path, phases: Phases, tell: Callable[[str], None]
    ) -> None:
        self._engines, self._folder, self._cache = engines, folder, cache
        self._phases, self._tell = phases, tell

    async def report(self, peer: Peer, workloads: Sequence[Workload]) -> Report:
        """All that could be measured."""
        versions = versions_of(peer)
        figures: dict[str, float] = {}
        failures: dict[str, str] = {}
        for workload in workloads:
            self._tell(f"{peer.name}: {workload.name}")
            folder = self._folder / f"{peer.name}-{workload.name}"
            folder.mkdir()
            try:
                async with site(peer, Ground(self._engines, folder, self._cache)) as (running, parts):
                    versions |= parts
                    figures |= await workload.measure(running, self._phases)
            except Unavailable as reason:
                failures[SETUP] = str(reason)
                break
            except RowFailed as reason:
                failures[workload.name] = str(reason)
        return Report(peer.name, peer.title, peer.durability, peer.configuration, versions, figures, failures)
