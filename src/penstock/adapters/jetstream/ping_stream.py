"""The stream of pings and its one consumer, both kept in files."""

from typing import Any, Final

from penstock.adapters.jetstream.engine import NatsEngine
from penstock.adapters.jetstream.standing import NS, StandingStream

_CONSUMER: Final = "dispatchers"


class PingStream(StandingStream):
    """What does not fit any more displaces the oldest: a ping is a hint, and what is missed is found by refresh."""

    def __init__(self, engine: NatsEngine) -> None:
        super().__init__(engine, "pings")
        self.subject = f"{self._options.prefix}.ping"
        self.pull_subject = f"$JS.API.CONSUMER.MSG.NEXT.{self.name}.{_CONSUMER}"

    async def make_consumer(self) -> None:
        """Make the consumer that all dispatchers share, or find that it is there."""
        await self._ask(
            f"CONSUMER.CREATE.{self.name}.{_CONSUMER}.{self.subject}",
            {
                "stream_name": self.name,
                "config": {
                    "name": _CONSUMER,
                    "durable_name": _CONSUMER,
                    "filter_subject": self.subject,
                    "deliver_policy": "all",
                    "replay_policy": "instant",
                    "ack_policy": "explicit",
                    "ack_wait": int(self._options.ack_wait_s * NS),
                    "max_deliver": -1,
                    "max_ack_pending": 10_000,
                    "max_waiting": 8_192,
                    "num_replicas": 0,
                },
            },
        )

    async def holds(self) -> int:
        """How many messages are in it, those in hand included."""
        answer = await self._ask(f"STREAM.INFO.{self.name}")
        return int(answer["state"]["messages"])

    def _config(self, replicas: int) -> dict[str, Any]:
        return {
            "name": self.name,
            "subjects": [self.subject],
            "retention": "workqueue",
            "storage": "file",
            "num_replicas": replicas,
            "discard": "old",
            "max_bytes": self._options.ping_bytes_max,
            "max_age": int(self._options.ping_life_s * NS),
            "max_msgs": -1,
            "max_consumers": -1,
        }
