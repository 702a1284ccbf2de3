"""DBOS Transact on PostgreSQL: a queue of workflows."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.peers.peer import Durability, Peer
from benchmarks.peers.servers.postgres import postgres


def workers(programs: Path) -> Sequence[Sequence[str]]:
    """One process: it takes up its own workflows when it is started again."""
    return [[str(programs / "python"), "-m", "benchmarks.peers.programs.dbos_worker"]]


PEER = Peer(
    name="dbos",
    title="DBOS Transact",
    program="benchmarks.peers.programs.dbos_app",
    requirements="dbos.txt",
    shown=("dbos", "psycopg"),
    server=postgres,
    workers=workers,
    durability=Durability("F", "all, when it is started again", "all", "all: committed with fsync"),
    configuration="async workflows, one process, queue polled every 0.1 s; bulk: 100 enqueue_async at a time",
)
