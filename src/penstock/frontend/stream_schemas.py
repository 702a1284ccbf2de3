"""Which subject of the schema registry a stream names."""

from penstock.frontend.lambda_book import LambdaBook
from penstock.frontend.schema_calls import LATEST
from penstock.frontend.schema_look import SchemaLook
from penstock.frontend.stream_book import StreamBook
from penstock.model.event_rules import check_stream
from penstock.model.stream import Stream
from penstock.ports.signals import Signals, Topic
from penstock.ports.streams import Streams


class StreamSchemaDesk:
    """Frontends hear of a change by a signal, or within seconds."""

    def __init__(
        self, streams: Streams, names: LambdaBook, book: StreamBook, look: SchemaLook, signals: Signals
    ) -> None:
        self._streams, self._names, self._book, self._look, self._signals = streams, names, book, look, signals

    async def name(self, namespace: str, stream: str, subject: str) -> Stream:
        """From now on a stream takes data of this subject's schemas; "": any. What it has stays as it is.

        Raises `InvalidInput`, `NoSubject` for one without a schema, and `Unavailable`.
        """
        self._book.require_ours(namespace, check_stream(stream), "its data are not looked at here")
        if subject:
            await self._look.version(namespace, subject, LATEST)
        named = await self._streams.name_schema(await self._names.namespace_id(namespace), stream, subject)
        self._signals.send(Topic.STREAMS, b"")
        return named
