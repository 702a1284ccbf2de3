"""Signals on core NATS subjects."""

from collections.abc import Callable, Mapping

from penstock.adapters.jetstream.engine import NatsEngine
from penstock.ports.signals import Topic


class NatsSignals:
    """`Signals` on a shared engine, which somebody else starts and stops."""

    def __init__(self, engine: NatsEngine) -> None:
        self._engine = engine

    def send(self, topic: Topic, body: bytes) -> None:
        self._engine.broadcast(self._subject(topic), body)

    def listen(self, topic: Topic, handler: Callable[[bytes], None]) -> Callable[[], None]:
        def hear(_subject: str, _reply: str, body: bytes, _headers: Mapping[str, str] | None) -> None:
            handler(body)

        return self._engine.listen(self._subject(topic), hear).close

    def _subject(self, topic: Topic) -> str:
        return f"{self._engine.options.prefix}.signal.{topic.value}"
