"""Penstock itself, under the same loads and counted in the same way."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.peers.peer import Durability, Peer
from benchmarks.peers.servers.platform import platform


def workers(programs: Path) -> Sequence[Sequence[str]]:
    """One worker, which starts one executor for the one app."""
    return [[str(programs / "python"), "-m", "penstock.cli", "worker", "benchmarks.peers.programs.penstock_app:app"]]


PEER = Peer(
    name="penstock",
    title="Penstock",
    program="benchmarks.peers.programs.penstock_app",
    requirements=None,
    shown=(),
    server=platform,
    workers=workers,
    durability=Durability("F", "all, after the lease", "all", "all: committed with fsync before the answer"),
    configuration="defaults; bulk: schedule_many, 500 a call, four under way",
)
