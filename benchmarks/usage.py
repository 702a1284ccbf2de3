"""What processes cost: CPU seconds and resident memory, by role."""

from collections.abc import Iterable

import psutil
from msgspec import Struct

PLATFORM_ROLES = ("frontend", "orchestrator", "controller", "executor")
MIB = 1024 * 1024


class Usage(Struct, frozen=True):
    """Of each role: CPU seconds since its processes started, and memory now (its share of what is shared)."""

    cpu_s: dict[str, float]
    rss_mb: dict[str, float]

    def cpu_since(self, earlier: "Usage") -> dict[str, float]:
        """CPU seconds by role between two readings."""
        return {role: round(spent - earlier.cpu_s.get(role, 0.0), 3) for role, spent in self.cpu_s.items()}


def read(pids: Iterable[tuple[str, int]]) -> Usage:
    """`worker` is told apart into controller and executors, `postgres` counts all its processes."""
    cpu_s: dict[str, float] = {}
    rss_mb: dict[str, float] = {}
    for role, process in _processes(pids):
        try:
            times, memory = process.cpu_times(), process.memory_full_info()
        except psutil.NoSuchProcess:
            continue
        cpu_s[role] = cpu_s.get(role, 0.0) + times.user + times.system
        shared_once = getattr(memory, "pss", memory.rss)
        rss_mb[role] = rss_mb.get(role, 0.0) + (shared_once if role == "postgres" else memory.rss) / MIB
    return Usage(cpu_s, rss_mb)


def _processes(pids: Iterable[tuple[str, int]]) -> Iterable[tuple[str, psutil.Process]]:
    for role, pid in pids:
        try:
            process = psutil.Process(pid)
            children = process.children(recursive=True)
        except psutil.NoSuchProcess:
            continue
        yield ("controller" if role == "worker" else role), process
        for child in children:
            yield ("executor" if role == "worker" else role), child
