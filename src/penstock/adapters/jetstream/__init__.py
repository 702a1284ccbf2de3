"""The motion: lanes, pings and signals on NATS JetStream. What is lost here, the store finds again."""

from penstock.adapters.jetstream.engine import NatsEngine
from penstock.adapters.jetstream.options import NatsOptions
from penstock.adapters.jetstream.ping_queue import JetStreamPingQueue
from penstock.adapters.jetstream.signals import NatsSignals
from penstock.adapters.jetstream.work_queue import JetStreamWorkQueue

__all__ = ["JetStreamPingQueue", "JetStreamWorkQueue", "NatsEngine", "NatsOptions", "NatsSignals"]
