"""Procrastinate on PostgreSQL, with the task that its documentation advises for jobs whose worker died."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.peers.peer import Durability, Peer
from benchmarks.peers.servers.postgres import postgres


def workers(programs: Path) -> Sequence[Sequence[str]]:
    """Two processes of 20 coroutines each, who look for due jobs each second."""
    app = ("--app", "benchmarks.peers.programs.procrastinate_app.app", "worker")
    options = ("--concurrency", "20", "--fetch-job-polling-interval", "1")
    return [[str(programs / "procrastinate"), *app, *options]] * 2


PEER = Peer(
    name="procrastinate",
    title="Procrastinate",
    program="benchmarks.peers.programs.procrastinate_app",
    requirements="procrastinate.txt",
    shown=("procrastinate", "psycopg"),
    server=postgres,
    workers=workers,
    durability=Durability("F", "all, by a periodic task of the user's", "all", "all: committed with fsync"),
    configuration="2 workers of 20 coroutines, polling 1 s and notifications, stalled jobs retried each minute; "
    "bulk: batch_defer",
)
