"""The work stream and its consumers, spoken to in JetStream's JSON API."""

import logging
from typing import Any, Final

import msgspec
from msgspec import Struct

from penstock.adapters.jetstream.engine import NatsEngine
from penstock.adapters.jetstream.references import Unreadable, enqueue_time
from penstock.model.errors import Unavailable
from penstock.model.lane import LaneId

_STREAM_NOT_FOUND: Final = 10059
_STREAM_EXISTS: Final = 10058
_NOT_CLUSTERED: Final = 10074
_TOO_FEW_NODES: Final = 10005
_NS: Final = 1_000_000_000
_logger = logging.getLogger(__name__)


class Refused(Unavailable):
    """JetStream answered with an error."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(f"JetStream refused: {description} ({code})")
        self.code = code


class StreamMissing(Refused):
    """There is no work stream."""


class Incarnation(Struct, frozen=True):
    """What tells one life of the stream from the next."""

    created: str
    last_sequence: int

    def is_continued_by(self, later: "Incarnation") -> bool:
        """A cluster that lost its memory keeps the date of creation, but counts from the start again."""
        return self.created == later.created and self.last_sequence <= later.last_sequence


class WorkStream:
    """Names and requests; keeps no state. Every method raises `Unavailable`."""

    def __init__(self, engine: NatsEngine) -> None:
        self._engine = engine
        self._options = engine.options
        self.name = f"{self._options.prefix}-lanes"

    def subject(self, lane: LaneId) -> str:
        return f"{self._options.prefix}.lane.{lane}"

    def pull_subject(self, lane: LaneId) -> str:
        return f"$JS.API.CONSUMER.MSG.NEXT.{self.name}.{_consumer(lane)}"

    async def find_or_make(self) -> Incarnation:
        """The stream as it is, made if it is missing."""
        try:
            return _incarnation(await self._ask(f"STREAM.INFO.{self.name}"))
        except StreamMissing:
            return await self._make()

    async def _make(self) -> Incarnation:
        for replicas in dict.fromkeys((self._options.replicas, 1)):
            try:
                answer = await self._ask(f"STREAM.CREATE.{self.name}", self._config(replicas))
            except Refused as refused:
                if refused.code == _STREAM_EXISTS:  # somebody else made it, of another version
                    return _incarnation(await self._ask(f"STREAM.INFO.{self.name}"))
                if refused.code not in (_NOT_CLUSTERED, _TOO_FEW_NODES) or replicas == 1:
                    raise
            else:
                _logger.info("work stream %s was made with %d replica(s)", self.name, replicas)
                return _incarnation(answer)
        raise AssertionError("one replica was tried last")

    async def delete(self) -> None:
        """Delete it with all that is in it."""
        await self._ask(f"STREAM.DELETE.{self.name}")

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
                    "ack_wait": int(self._options.ack_wait_s * _NS),
                    "inactive_threshold": int(self._options.consumer_idle_s * _NS),
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
            "max_consumers": -1,
            "max_msgs": -1,
            "max_bytes": -1,
            "max_age": 0,
            "allow_direct": True,
        }

    async def _ask(self, call: str, question: object = None) -> dict[str, Any]:
        body = b"" if question is None else msgspec.json.encode(question)
        message = await self._engine.request(f"$JS.API.{call}", body)
        try:
            answer = msgspec.json.decode(message.data, type=dict[str, Any])
        except msgspec.DecodeError as error:
            raise Unavailable(f"JetStream's answer to {call} is no JSON: {error}") from None
        problem = answer.get("error")
        if problem:
            code = problem.get("err_code", 0)
            kind = StreamMissing if code == _STREAM_NOT_FOUND else Refused
            raise kind(code, problem.get("description", "no reason given"))
        return answer


def _consumer(lane: LaneId) -> str:
    return f"lane-{lane}"


def _incarnation(answer: dict[str, Any]) -> Incarnation:
    return Incarnation(created=answer["created"], last_sequence=answer["state"]["last_seq"])
