"""The data of events, checked by the schemas that their streams name, and brought into their canonical form.

Source: the frontend of the messaging system model validates every event by its schema, and converts what comes as JSON,
Avro or Protobuf into one standard form. Here the standard form is the declared schema's own.
"""

from collections.abc import Callable

from msgspec import Struct, structs

from penstock.frontend.event_calls import EventGroup, PublishCall
from penstock.frontend.event_intake import spread
from penstock.frontend.schema_book import SchemaBook
from penstock.frontend.schema_codecs import codec_of
from penstock.model.data_form import Framing, data_form
from penstock.model.data_schema import DATA_SCHEMA, schema_name
from penstock.model.errors import InvalidInput
from penstock.model.schema import SchemaSubject, SchemaType, StoredSchema
from penstock.model.schema_errors import NoSchema
from penstock.model.schema_wire import FIRST_MESSAGE, SchemaNamed, is_prefixed, without_prefix
from penstock.ports.payload_codec import PayloadCodec

SubjectOf = Callable[[int, str], str]
"""<namespace, stream> -> the subject that it names; "": none"""


class _Written(Struct, frozen=True):
    """What data are of: a schema, and the message in it."""

    schema: StoredSchema
    codec: PayloadCodec
    message: tuple[int, ...]

    @property
    def name(self) -> str:
        """For `dataschema`."""
        return schema_name(self.schema.id, self.message)


class _Settled(Struct, frozen=True):
    data: bytes
    content_type: str
    schema: str


class EventSchemas:
    """`subject_of`: which streams name whose schemas."""

    def __init__(self, subject_of: SubjectOf, book: SchemaBook) -> None:
        self._subject_of, self._book = subject_of, book

    async def settled(self, namespace_id: int, call: PublishCall) -> PublishCall:
        """The call with all data in canonical form, each naming its schema in `dataschema`.

        Raises `InvalidInput` with the place of what is wrong, and `Unavailable`.
        """
        groups = list(call.groups)
        for at, group in enumerate(groups):
            subject = self._subject_of(namespace_id, group.stream)
            if subject and group.data:
                groups[at] = await self._group(namespace_id, subject, group, f"groups[{at}]")
        return structs.replace(call, groups=groups)

    async def _group(self, namespace_id: int, subject: str, group: EventGroup, place: str) -> EventGroup:
        stream_schemas = _StreamSchemas(self._book, namespace_id, await self._book.subject(namespace_id, subject))
        declared = await stream_schemas.declared(group.stream)
        count = len(group.data)
        settled: list[_Settled] = []
        for number, (data, content_type) in enumerate(
            zip(group.data, spread(group.content_types, count, ""), strict=True)
        ):
            field = f"{place}.data[{number}]"
            if not data:  # nothing is no payload, and names no schema
                settled.append(_Settled(data, content_type, ""))
                continue
            try:
                settled.append(await stream_schemas.settle(declared, data, content_type, field))
            except InvalidInput as error:
                if error.field != "content_type":
                    raise
                raise type(error)(f"{place}.content_types[{number}]", error.problem) from None
        extensions = spread(group.extensions, count, {})
        return structs.replace(
            group,
            data=[each.data for each in settled],
            content_types=[each.content_type for each in settled],
            extensions=[_naming(more, each.schema) for more, each in zip(extensions, settled, strict=True)],
        )


class _StreamSchemas:
    """What the data of one stream may be of."""

    def __init__(self, book: SchemaBook, namespace_id: int, subject: SchemaSubject) -> None:
        self._book, self._namespace_id, self._subject = book, namespace_id, subject
        self._ids = {version.schema_id for version in subject.live}

    async def declared(self, stream: str) -> _Written:
        """What is meant where data name no schema: the subject's latest."""
        latest = self._subject.latest
        if latest is None:
            raise InvalidInput(
                "stream", f"{stream!r} names subject {self._subject.name!r}, which has no schema; register one"
            )
        schema = await self._book.by_id(self._namespace_id, latest.schema_id)
        return await self._written(schema, FIRST_MESSAGE, "stream")

    async def settle(self, declared: _Written, data: bytes, content_type: str, field: str) -> _Settled:
        """Checked, and converted where they came in another form."""
        language, framing = data_form(content_type)
        if framing is Framing.REGISTRY or (framing is Framing.SEEN and is_prefixed(data)):
            named, payload = without_prefix(data, field, language is SchemaType.PROTOBUF)
            return await self._by_name(declared, await self._named(named, language, field), payload, field)
        own = declared.schema.content.type
        if language is SchemaType.JSON:
            kept_type = content_type if own is SchemaType.JSON else declared.codec.content_type
            return _Settled(declared.codec.from_json(data, field), kept_type, declared.name)
        if language is not own:
            raise InvalidInput(
                "content_type", f"{content_type[:80]!r} is not the form of the stream's schema, which is {own}"
            )
        declared.codec.check(data, field)
        return _Settled(data, declared.codec.content_type, declared.name)

    async def _by_name(self, declared: _Written, writer: _Written, payload: bytes, field: str) -> _Settled:
        """What was written by another schema is converted by way of JSON; an older version of the stream's subject that
        the latest one does not take stays as it is written, and names itself.
        """
        writer.codec.check(payload, field)
        if writer.name == declared.name:
            return _Settled(payload, writer.codec.content_type, writer.name)
        try:
            converted = declared.codec.from_json(writer.codec.to_json(payload, field), field)
        except InvalidInput:
            if writer.schema.id not in self._ids:
                raise
            return _Settled(payload, writer.codec.content_type, writer.name)
        return _Settled(converted, declared.codec.content_type, declared.name)

    async def _named(self, named: SchemaNamed, language: SchemaType, field: str) -> _Written:
        try:
            if named.guid is not None:
                schema = await self._book.by_guid(self._namespace_id, named.guid)
            else:
                assert named.number is not None
                schema = await self._book.by_id(self._namespace_id, named.number)
        except NoSchema as error:
            raise InvalidInput(field, f"names its schema, and {error}") from None
        if schema.content.type is not language:
            raise InvalidInput(field, f"names schema {schema.id}, which is {schema.content.type}, not {language}")
        return await self._written(schema, named.message, field)

    async def _written(self, schema: StoredSchema, message: tuple[int, ...], field: str) -> _Written:
        read = await self._book.read(self._namespace_id, schema.content)
        try:
            return _Written(schema, codec_of(read, message), message)
        except InvalidInput as error:
            raise InvalidInput(field, f"{error.field}: {error.problem}") from None


def _naming(extensions: dict[str, str], schema: str) -> dict[str, str]:
    if schema:
        return {**extensions, DATA_SCHEMA: schema}
    return {name: value for name, value in extensions.items() if name != DATA_SCHEMA}
