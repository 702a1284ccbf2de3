"""Celery on Redis: late acknowledgement, and Redis that fsyncs each write."""

from benchmarks.peers.peer import Durability, Peer
from benchmarks.peers.servers.redis import redis
from benchmarks.peers.systems.celery import REQUIREMENTS, workers

PEER = Peer(
    name="celery-redis",
    title="Celery + Redis",
    program="benchmarks.peers.programs.celery_app",
    requirements=REQUIREMENTS,
    shown=("celery", "kombu", "redis"),
    server=redis,
    workers=workers,
    durability=Durability(
        "F",
        "all but one that is just being taken, after the visibility timeout (1 h)",
        "all",
        "all: appendfsync always",
    ),
    configuration="acks_late, prefetch multiplier 64, prefork 2, no results, visibility timeout 1 h; bulk: group",
)
