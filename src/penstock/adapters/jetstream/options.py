"""What can be set about the connection and the work stream."""

from msgspec import Struct


class NatsOptions(Struct, frozen=True, kw_only=True):
    """Times in seconds. The defaults suit a laptop and a fleet alike."""

    urls: tuple[str, ...] = ("nats://127.0.0.1:4222",)
    prefix: str = "penstock"
    """[a-z0-9_-]+: opens every subject and name, so that two platforms can share a NATS"""
    client_name: str = "penstock"
    """what `nats server report connections` shows"""

    connect_timeout_s: float = 2.0
    reconnect_s_min: float = 0.05
    reconnect_s_max: float = 2.0
    request_timeout_s: float = 2.0
    pending_bytes_max: int = 8 * 1024 * 1024
    """waiting for the socket; what comes on top is dropped and counted"""
    outbox_bytes_max: int = 1024 * 1024
    """references that wait for a connection and a stream; what comes on top is dropped and counted"""

    ack_wait_s: float = 5.0
    """a message not done and not kept for so long is handed to somebody again"""
    pull_life_s: float = 60.0
    heartbeat_s: float = 10.0
    """of pull requests that wait; two and a half silent ones and the reader asks anew"""
    check_s: float = 2.0
    """how often the stream is looked after"""
    leaderless_s: float = 15.0
    """a stream that does not answer for so long, while its server does, is made again"""
    replicas: int = 3
    """of the stream where NATS is a cluster; one node keeps one"""
    consumer_idle_s: float = 3600.0
    """the consumer of a lane that nobody pulls goes away; its messages stay"""
    messages_per_lane_max: int = 200_000
    """the backstop: more are refused by the server, which is a loss like any other"""
    pings_waiting_max: int = 100_000
    """subjects whose pings wait for a connection and a stream; what comes on top is dropped and counted"""
    ping_bytes_max: int = 256 * 1024 * 1024
    """of the file that keeps pings; what comes on top displaces the oldest"""
    ping_life_s: float = 86_400.0
    """a ping that nobody picked up for so long is dropped: refresh has found its subject by then"""
