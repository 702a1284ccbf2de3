"""A JetStream stream that must stand, spoken to in JetStream's JSON API."""

import logging
from abc import ABC, abstractmethod
from typing import Any, Final

import msgspec
from msgspec import Struct

from penstock.adapters.jetstream.engine import NatsEngine
from penstock.model.errors import Unavailable

_STREAM_NOT_FOUND: Final = 10059
_STREAM_EXISTS: Final = 10058
_NOT_CLUSTERED: Final = 10074
_TOO_FEW_NODES: Final = 10005
NS: Final = 1_000_000_000
_logger = logging.getLogger(__name__)


class Refused(Unavailable):
    """JetStream answered with an error."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(f"JetStream refused: {description} ({code})")
        self.code = code


class StreamMissing(Refused):
    """There is no such stream."""


class Incarnation(Struct, frozen=True):
    """What tells one life of the stream from the next."""

    created: str
    last_sequence: int

    def is_continued_by(self, later: "Incarnation") -> bool:
        """A cluster that lost its memory keeps the date of creation, but counts from the start again."""
        return self.created == later.created and self.last_sequence <= later.last_sequence


class StandingStream(ABC):
    """Names and requests; keeps no state. Every method raises `Unavailable`."""

    def __init__(self, engine: NatsEngine, name: str) -> None:
        self._engine = engine
        self._options = engine.options
        self.name = f"{self._options.prefix}-{name}"

    @abstractmethod
    def _config(self, replicas: int) -> dict[str, Any]:
        """What the stream is made with."""

    async def find_or_make(self) -> Incarnation:
        """The stream as it is, made if it is missing."""
        try:
            found = await self._ask(f"STREAM.INFO.{self.name}")
        except StreamMissing:
            return await self._make()
        await self._widen(found["config"])
        return _incarnation(found)

    async def _widen(self, standing: dict[str, Any]) -> None:
        """One that an older release made, or a server limits by itself, takes as many consumers as a new one."""
        wanted = self._config(1)["max_consumers"]
        if 0 < standing["max_consumers"] < wanted:
            try:
                await self._ask(f"STREAM.UPDATE.{self.name}", standing | {"max_consumers": wanted})
            except Refused as refused:
                _logger.warning("stream %s has room for %d lanes: %s", self.name, standing["max_consumers"], refused)

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
                _logger.info("stream %s was made with %d replica(s)", self.name, replicas)
                return _incarnation(answer)
        raise AssertionError("one replica was tried last")

    async def delete(self) -> None:
        """Delete it with all that is in it."""
        await self._ask(f"STREAM.DELETE.{self.name}")

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


def _incarnation(answer: dict[str, Any]) -> Incarnation:
    return Incarnation(created=answer["created"], last_sequence=answer["state"]["last_seq"])
