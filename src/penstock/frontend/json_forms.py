"""Data in the form of a schema, read as JSON for subscribers that ask for it."""

import logging
from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec import structs

from penstock.frontend.schema_book import SchemaBook
from penstock.frontend.schema_codecs import codec_of
from penstock.model.data_schema import DATA_SCHEMA, named_schema
from penstock.model.errors import InvalidInput, NotFound
from penstock.model.event import JSON, StoredEvent
from penstock.model.event_rules import is_json
from penstock.model.news import News
from penstock.ports.payload_codec import PayloadCodec

log = logging.getLogger(__name__)
_NAMES: Final = msgspec.json.Decoder(dict[str, str])


class JsonForms:
    """See `ports.payload_forms.PayloadForms`. What cannot be read by the schema that it names is handed over as it is
    stored, which its content type tells, and the log has it once.
    """

    def __init__(self, book: SchemaBook) -> None:
        self._book = book
        self._news: News[str] = News()

    async def as_json(self, namespace_id: int, events: Sequence[StoredEvent]) -> Sequence[StoredEvent]:
        """Those that name a schema, in JSON; raises `Unavailable`."""
        if all(is_json(event.content_type) for event in events):
            return events
        return [await self._one(namespace_id, event) for event in events]

    async def _one(self, namespace_id: int, event: StoredEvent) -> StoredEvent:
        if is_json(event.content_type) or not event.extensions:
            return event
        name = _NAMES.decode(event.extensions).get(DATA_SCHEMA, "")
        try:
            codec = await self._codec(namespace_id, name)
            return event if codec is None else _in_json(event, codec)
        except (InvalidInput, NotFound) as error:
            if self._news.is_new(name, str(error)):
                log.warning("data of %s are handed over as they are stored: %s", name, error)
            return event

    async def _codec(self, namespace_id: int, name: str) -> PayloadCodec | None:
        named = named_schema(name)
        if named is None:
            return None
        schema_id, message = named
        schema = await self._book.by_id(namespace_id, schema_id)
        return codec_of(await self._book.read(namespace_id, schema.content), message)


def _in_json(event: StoredEvent, codec: PayloadCodec) -> StoredEvent:
    return structs.replace(event, data=codec.to_json(event.data, "data"), content_type=JSON)
