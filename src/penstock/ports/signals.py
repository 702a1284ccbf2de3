"""Hints between processes: fire and forget, may be lost, late or doubled. Nothing depends on one."""

from collections.abc import Callable
from enum import StrEnum, unique
from typing import Protocol


@unique
class Topic(StrEnum):
    """What a signal is about; the body's form stands beside each."""

    DUE = "due"
    """a lane has work its scheduler may not know of: lane and due time (microseconds; 0: now), 8 bytes
    big-endian each, repeated"""
    GAUGE = "gauge"
    """how a lane drains: msgpack of `flow.gauges`"""
    ATTENDANCE = "attendance"
    """who serves which lambda: msgpack of `flow.attendance`"""
    CANCEL = "cancel"
    """ids, 16 bytes each, whose cancel was requested while they run"""
    ENDED = "ended"
    """ids, 16 bytes each, that have ended"""
    GATES = "gates"
    """gates have changed, or hold what must be moved on: empty"""
    CHAINS = "chains"
    """children were condemned, and are to be cancelled: empty"""
    LAMBDAS = "lambdas"
    """registrations have changed: empty"""
    PERIODIC = "periodic"
    """periodic schedules have changed, so that one may be due sooner than its scheduler knows: empty"""
    QUOTAS = "quotas"
    """quotas have changed: empty"""
    STREAMS = "streams"
    """streams name other schemas: empty"""
    ENDPOINTS = "endpoints"
    """endpoints have changed: empty"""


class Signals(Protocol):
    """Never raises for the network's sake and never waits for it."""

    def send(self, topic: Topic, body: bytes) -> None:
        """Tell everybody, this process included."""

    def listen(self, topic: Topic, handler: Callable[[bytes], None]) -> Callable[[], None]:
        """Call `handler` for each signal; the answer stops it."""
