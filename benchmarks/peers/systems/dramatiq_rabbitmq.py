"""Dramatiq on RabbitMQ with publisher confirms."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.peers.peer import Durability, Peer
from benchmarks.peers.servers.rabbitmq import rabbitmq


def workers(programs: Path) -> Sequence[Sequence[str]]:
    """The defaults of a machine with two cores: as many processes, eight threads each."""
    command = (str(programs / "dramatiq"), "benchmarks.peers.programs.dramatiq_app")
    return [[*command, "--processes", "2", "--threads", "8"]]


PEER = Peer(
    name="dramatiq-rabbitmq",
    title="Dramatiq + RabbitMQ",
    program="benchmarks.peers.programs.dramatiq_app",
    requirements="dramatiq.txt",
    shown=("dramatiq", "pika"),
    server=rabbitmq,
    workers=workers,
    durability=Durability("F", "all, at once", "all", "all: confirmed when on disk"),
    configuration="confirm_delivery, 2 processes of 8 threads, default prefetch; bulk: group",
)
