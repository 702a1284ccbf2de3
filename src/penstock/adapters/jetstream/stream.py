"""The work stream and its consumers."""

from typing import Any, Final

import msgspec

from penstock.adapters.jetstream.engine import NatsEngine
from penstock.adapters.jetstream.references import Unreadable, enqueue_time
from penstock.adapters.jetstream.standing import NS, StandingStream
from penstock.model.errors import Unavailable
from penstock.model.lane import LaneId

_LANES_MAX: Final = 1_000_000
"""Said, as a server may take -1 for a limit of its own: nats-server 2.15 for 1,000, the lanes of 333 lambdas."""


class WorkStream(StandingStream):
    """The stream of all lanes. Every method raises `Unavailable`."""

    def __init__(self, engine: NatsEngine) -> None:
        super().__init__(engine, "lanes")

    def subject(self, lane: LaneId) -> str:
        return f"{self._options.prefix}.lane.{lane}"

    def pull_subject(self, lane: LaneId) -> str:
        return f"$JS.API.CONSUMER.MSG.NEXT.{self.name}.{_consumer(lane)}"

    async def make_consumer(self, lane: LaneId) -> None:
        """Make the lane's consumer, or find that it is there."""
        subject = self.subject(lane)
        await self._ask(
            f"CONSUMER.CREATE.{self.name}.{_consumer(lane)}.{subject}",
            {
                "stream_name": self.name,
                "config": {
                    "name": _consumer(lane),
                    "durable_name": _consumer(lane),
                    "filter_subject": subject,
                    "deliver_policy": "all",
                    "replay_policy": "instant",
                    "ack_policy": "explicit",
                    "ack_wait": int(self._options.ack_wait_s * NS),
                    "inactive_threshold": int(self._options.consumer_idle_s * NS),
                    "max_deliver": -1,
                    "max_ack_pending": 100_000,
                    "max_waiting": 8_192,
                    "mem_storage": True,
                    "num_replicas": 0,
                },
            },
        )

    async def oldest_us(self, lane: LaneId) -> int | None:
        """The enqueue time in the lane's first message; None: there is none."""
        question = msgspec.json.encode({"seq": 1, "next_by_subj": self.subject(lane)})
        answer = await self._engine.request(f"$JS.API.DIRECT.GET.{self.name}", question)
        status = (answer.headers or {}).get("Status")
        if status == "404":
            return None
        try:
            if status is None:
                return enqueue_time(answer.data)
        except Unreadable as error:
            raise Unavailable(f"the first message of lane {lane} is unreadable: {error}") from None
        raise Unavailable(f"JetStream answered {status} for the first message of lane {lane}")

    def _config(self, replicas: int) -> dict[str, Any]:
        return {
            "name": self.name,
            "subjects": [f"{self._options.prefix}.lane.*"],
            "retention": "workqueue",
            "storage": "memory",
            "num_replicas": replicas,
            "discard": "new",
            "discard_new_per_subject": True,
            "max_msgs_per_subject": self._options.messages_per_lane_max,
            "max_consumers": _LANES_MAX,
            "max_msgs": -1,
            "max_bytes": -1,
            "max_age": 0,
            "allow_direct": True,
        }


def _consumer(lane: LaneId) -> str:
    return f"lane-{lane}"
