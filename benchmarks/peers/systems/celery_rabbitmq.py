"""Celery on RabbitMQ: late acknowledgement, publisher confirms."""

from benchmarks.peers.peer import Durability, Peer
from benchmarks.peers.servers.rabbitmq import rabbitmq
from benchmarks.peers.systems.celery import REQUIREMENTS, workers

PEER = Peer(
    name="celery-rabbitmq",
    title="Celery + RabbitMQ",
    program="benchmarks.peers.programs.celery_app",
    requirements=REQUIREMENTS,
    shown=("celery", "kombu"),
    server=rabbitmq,
    workers=workers,
    durability=Durability("F", "all, at once", "all", "all: confirmed when on disk"),
    configuration="acks_late, confirm_publish, prefetch multiplier 64, prefork 2, no results; bulk: group",
)
