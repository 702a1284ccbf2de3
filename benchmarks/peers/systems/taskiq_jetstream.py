"""Taskiq on a pull consumer of JetStream that fsyncs each message: its fastest broker of those that lose nothing."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.peers.peer import Durability, Peer
from benchmarks.peers.servers.jetstream import jetstream

PROGRAM = "benchmarks.peers.programs.taskiq_app"


def workers(programs: Path) -> Sequence[Sequence[str]]:
    """Two processes, and the scheduler that sends delayed tasks."""
    taskiq, quiet = str(programs / "taskiq"), ("--log-level", "WARNING")
    prefetch = ("--max-async-tasks", "100", "--max-prefetch", "100")
    return [
        [taskiq, "worker", f"{PROGRAM}:broker", "--workers", "2", *prefetch, *quiet],
        [taskiq, "scheduler", f"{PROGRAM}:scheduler", "--update-interval", "1", *quiet],
    ]


PEER = Peer(
    name="taskiq-jetstream",
    title="Taskiq + JetStream",
    program="benchmarks.peers.programs.taskiq_app",
    requirements="taskiq.txt",
    shown=("taskiq", "taskiq-nats", "nats-py"),
    server=jetstream,
    workers=workers,
    durability=Durability("F", "all, after ack_wait (30 s)", "all", "all: sync_interval always"),
    configuration="pull consumer, 100 a fetch, 2 workers of 100 tasks, delays by a schedule source; "
    "bulk: 100 kiq at a time",
)
