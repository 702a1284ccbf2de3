"""Which systems there are, which loads, and which of the systems some names mean."""

from collections.abc import Sequence

from benchmarks.peers.peer import Peer
from benchmarks.peers.systems import (
    celery_rabbitmq,
    celery_redis,
    dbos,
    dramatiq_rabbitmq,
    penstock,
    pgqueuer,
    procrastinate,
    taskiq_jetstream,
)
from benchmarks.peers.workloads.delayed import DELAYED
from benchmarks.peers.workloads.killed import KILLED
from benchmarks.peers.workloads.latency import LATENCY
from benchmarks.peers.workloads.single import SINGLE
from benchmarks.peers.workloads.throughput import BULK, DRAIN

PEERS: tuple[Peer, ...] = (
    penstock.PEER,
    celery_rabbitmq.PEER,
    celery_redis.PEER,
    dramatiq_rabbitmq.PEER,
    taskiq_jetstream.PEER,
    procrastinate.PEER,
    pgqueuer.PEER,
    dbos.PEER,
)
WORKLOADS = (BULK, DRAIN, SINGLE, LATENCY, DELAYED, KILLED)


class UnknownPeers(Exception):
    """None of the systems is called so."""


def chosen_peers(only: str, peers: Sequence[Peer] = PEERS) -> list[Peer]:
    """Those that a list of names with commas means, in the order of the table; all when empty.

    Raises `UnknownPeers`. Penstock is measured with them whatever is named: figures of different runs say little.
    """
    names = {name.strip() for name in only.split(",")} - {""}
    if unknown := names - {peer.name for peer in peers}:
        raise UnknownPeers(", ".join(sorted(unknown)))
    return [peer for peer in peers if not names or peer.name in names or peer.requirements is None]
