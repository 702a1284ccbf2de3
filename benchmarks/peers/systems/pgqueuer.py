"""PgQueuer on PostgreSQL, in batches."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.peers.peer import Durability, Peer
from benchmarks.peers.servers.postgres import postgres


def workers(programs: Path) -> Sequence[Sequence[str]]:
    """Two processes. `pgq run` of this version does not start with the pinned typer: the documented call does."""
    return [[str(programs / "python"), "-m", "benchmarks.peers.programs.pgqueuer_app"]] * 2


PEER = Peer(
    name="pgqueuer",
    title="PgQueuer",
    program="benchmarks.peers.programs.pgqueuer_app",
    requirements="pgqueuer.txt",
    shown=("pgqueuer", "asyncpg"),
    server=postgres,
    workers=workers,
    durability=Durability("F", "all, after the heartbeat timeout (30 s)", "all", "all: committed with fsync"),
    configuration="durable tables, its autovacuum, 2 workers, batches of 100, heartbeat timeout 30 s; "
    "bulk: enqueue, lists of 500",
)
