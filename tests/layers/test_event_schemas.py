"""The data of a stream's events are of the schema that it names, in its form, whatever form they came in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from msgspec import structs

from penstock.adapters.memory import LoopStoreTime, MemoryCluster, MemorySignals, MemoryStore, SignalBus
from penstock.adapters.schemas.avro import AvroFormat
from penstock.adapters.schemas.protobuf import ProtobufFormat
from penstock.compose.schemas import schema_desks, schema_formats
from penstock.flow.stream_schema_book import StreamSchemaBook
from penstock.frontend.event_calls import EventGroup, PublishCall, ReadCall
from penstock.frontend.event_schemas import EventSchemas
from penstock.frontend.journal_pump import JournalPump
from penstock.frontend.json_forms import JsonForms
from penstock.frontend.lambda_book import LambdaBook
from penstock.frontend.publish import PublishDesk
from penstock.frontend.schema_book import SchemaBook
from penstock.frontend.schema_calls import SchemaCall
from penstock.frontend.stream_book import StreamBook
from penstock.frontend.stream_schemas import StreamSchemaDesk
from penstock.frontend.streams import StreamDesk
from penstock.model.data_schema import named_schema, schema_name
from penstock.model.errors import InvalidInput, Unavailable
from penstock.model.event import hash_of_subject
from penstock.model.schema_errors import NoSubject
from penstock.model.schema_wire import FIRST_MESSAGE, SchemaNamed, with_prefix
from penstock.testing.virtual_loop import run_virtual
from tests.layers.scheduler_bench import Trips

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from penstock.model.event import Event, StoredEvent

STREAM, SUBJECT = "orders", "orders-value"
AVRO = json.dumps(
    {"type": "record", "name": "Order", "fields": [{"name": "total", "type": "long"}, {"name": "to", "type": "string"}]}
)
JSON = json.dumps(
    {
        "type": "object",
        "properties": {"total": {"type": "integer"}},
        "required": ["total"],
        "additionalProperties": False,
    }
)
PROTO = 'syntax = "proto3"; message Order { int64 total = 1; } message Refund { string why = 1; }'
ORDER = b'{"total":7,"to":"Zo\xc3\xab"}'


class SchemaScene:
    def __init__(self) -> None:
        self.trips = Trips()
        self.store = MemoryStore(MemoryCluster(LoopStoreTime()), self.trips)
        signals = MemorySignals(SignalBus())
        names = LambdaBook(self.store.registry, signals)
        streams = StreamBook(self.store.streams, names, [("default", "elsewhere")])
        self.schemas = schema_desks(self.store.schemas, names)
        self.book = StreamSchemaBook(self.store.streams, signals)
        self.naming = StreamSchemaDesk(self.store.streams, names, streams, self.schemas.look, signals)
        checks = EventSchemas(self.book.subject_of, self.schemas.book)
        self.desk = PublishDesk(JournalPump(self.store.journal), streams, 3600, checks)
        self.streams = StreamDesk(self.store.streams, self.store.journal, names, streams, b"k" * 16)

    async def register(self, language: str, text: str, subject: str = SUBJECT) -> int:
        registered = await self.schemas.schemas.register(SchemaCall("", subject, language, text, ()))
        return registered.schema.id

    async def names(self, language: str, text: str) -> int:
        """The stream names a subject with this schema; the schema's id."""
        schema_id = await self.register(language, text)
        await self.naming.name("", STREAM, SUBJECT)
        await self.book.refresh()
        return schema_id

    async def publish(self, *data: bytes, **columns: Any) -> list[int]:
        group = EventGroup(**({"stream": STREAM, "data": list(data), "subjects": ["a"], "types": ["placed"]} | columns))
        return (await self.desk.publish(PublishCall("", [group]))).sequences

    async def stored(self) -> list[Event]:
        return list((await self.streams.read(ReadCall("", STREAM, "a"))).events)


def scene_test(body: Callable[[SchemaScene], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    def run() -> None:
        async def whole() -> None:
            await body(SchemaScene())

        run_virtual(whole(), seed=1)

    run.__name__, run.__doc__ = body.__name__, body.__doc__
    return run


@scene_test
async def test_what_comes_as_json_is_stored_in_the_schemas_form_and_names_it(scene: SchemaScene) -> None:
    schema_id = await scene.names("AVRO", AVRO)
    await scene.publish(ORDER, extensions=[{"dataschema": "urn:mine"}])
    (event,) = await scene.stored()
    assert event.content_type == "avro/binary"
    assert event.extensions == {"dataschema": f"urn:penstock:schema:{schema_id}"}
    assert AvroFormat().read(AVRO, {}).to_json(event.data, "data") == ORDER


@scene_test
async def test_json_of_a_json_schema_stays_as_it_came(scene: SchemaScene) -> None:
    schema_id = await scene.names("JSON", JSON)
    await scene.publish(b' {"total": 7}', content_types=["application/vnd.shop+json"])
    (event,) = await scene.stored()
    assert (event.data, event.content_type) == (b' {"total": 7}', "application/vnd.shop+json")
    assert event.extensions["dataschema"] == f"urn:penstock:schema:{schema_id}"


@scene_test
async def test_plain_avro_and_protobuf_are_checked_and_kept(scene: SchemaScene) -> None:
    await scene.names("AVRO", AVRO)
    plain = AvroFormat().read(AVRO, {}).from_json(ORDER, "data")
    await scene.publish(plain, content_types=["application/avro"])
    assert (await scene.stored())[0].data == plain
    with pytest.raises(InvalidInput, match=r"groups\[0\]\.data\[1\]: "):
        await scene.publish(plain, plain + b"\0", content_types=["avro/binary"])
    assert len(await scene.stored()) == 1, "all or none"


@pytest.mark.parametrize("language", ["AVRO", "PROTOBUF", "JSON"])
def test_the_registrys_wire_format_is_understood(language: str) -> None:
    @scene_test
    async def scene(scene: SchemaScene) -> None:
        text, payload, content_type = {
            "AVRO": (AVRO, AvroFormat().read(AVRO, {}).from_json(ORDER, ""), "avro/binary; framing=registry"),
            "PROTOBUF": (PROTO, b"\x08\x07", 'application/protobuf;framing="registry"'),
            "JSON": (JSON, b'{"total":7}', ""),
        }[language]
        schema_id = await scene.names(language, text)
        framed = with_prefix(SchemaNamed(schema_id, None), payload, language == "PROTOBUF")
        await scene.publish(framed, content_types=[content_type])
        (event,) = await scene.stored()
        assert event.data == payload
        assert event.extensions["dataschema"] == f"urn:penstock:schema:{schema_id}"

    scene()


@scene_test
async def test_a_message_that_is_not_the_first_is_named(scene: SchemaScene) -> None:
    schema_id = await scene.names("PROTOBUF", PROTO)
    refund = ProtobufFormat().read(PROTO, {}).codec((1,)).from_json(b'{"why":"late"}', "")
    framed = with_prefix(SchemaNamed(schema_id, None, (1,)), refund, of_message=True)
    await scene.publish(framed, content_types=["application/protobuf; framing=registry"])
    (event,) = await scene.stored()
    assert event.extensions["dataschema"] == f"urn:penstock:schema:{schema_id}#1"
    wrong = with_prefix(SchemaNamed(schema_id, None, (7,)), refund, of_message=True)
    with pytest.raises(InvalidInput, match=r"data\[0\]: message: the schema has no message at \[7\]"):
        await scene.publish(wrong, content_types=["application/protobuf; framing=registry"])


@scene_test
async def test_what_another_version_wrote_is_brought_to_the_latest_or_names_itself(scene: SchemaScene) -> None:
    first = await scene.names("AVRO", AVRO)
    more = json.loads(AVRO)
    more["fields"].append({"name": "by", "type": "string", "default": "post"})
    second = await scene.register("AVRO", json.dumps(more))
    framed = with_prefix(SchemaNamed(first, None), AvroFormat().read(AVRO, {}).from_json(ORDER, ""), of_message=False)
    await scene.publish(framed, content_types=["avro/binary;framing=registry"])
    less = json.loads(AVRO)
    del less["fields"][1]
    third = await scene.register("AVRO", json.dumps(less))
    await scene.publish(framed, content_types=["avro/binary;framing=registry"])
    new, old = await scene.stored()
    assert new.extensions["dataschema"] == f"urn:penstock:schema:{second}"
    whole = {**json.loads(ORDER), "by": "post"}
    assert json.loads(AvroFormat().read(json.dumps(more), {}).to_json(new.data, "data")) == whole
    assert third > second
    assert old.extensions["dataschema"] == f"urn:penstock:schema:{first}", "the latest has no place for all of it"


@scene_test
async def test_what_is_of_no_version_is_converted_or_refused(scene: SchemaScene) -> None:
    declared = await scene.names("AVRO", AVRO)
    of_elsewhere = await scene.register("JSON", JSON.replace('"additionalProperties": false', '"title": "x"'), "other")
    await scene.publish(with_prefix(SchemaNamed(of_elsewhere, None), ORDER, of_message=False))
    (event,) = await scene.stored()
    assert event.extensions["dataschema"] == f"urn:penstock:schema:{declared}"
    assert AvroFormat().read(AVRO, {}).to_json(event.data, "data") == ORDER
    with pytest.raises(InvalidInput, match=r"data\[0\]: "):
        await scene.publish(with_prefix(SchemaNamed(of_elsewhere, None), b'{"total":7}', of_message=False))


WRONG = [
    (b'{"total":1}', "", r"data\[0\]: .*to"),
    (b'{"total":1.5,"to":"a"}', "", r"data\[0\]: "),
    (b'{"total":99999999999999999999,"to":"a"}', "", r"data\[0\]: "),
    (b'{"total":1,"to":"a","more":1}', "", r"data\[0\]: "),
    (b"{", "", r"data\[0\]: "),
    (b"\x00\x00\x00\x00\x63abc", "", r"data\[0\]: names its schema, and no schema has the id 99"),
    (b"\x00\x00", "", r"data\[0\]: ends within the name of its schema"),
    (b"\x0e\x06Zo", "avro/binary", r"data\[0\]: "),
    (
        b"\x08\x07",
        "application/protobuf",
        r"content_types\[0\]: .*not the form of the stream's schema, which is AVRO",
    ),
    (b"total=7", "text/plain", r"content_types\[0\]: 'text/plain' is nothing that a schema describes"),
    (b"\x0e", "avro/binary; framing=other", r"content_types\[0\]: .*framing is registry, or not said"),
]


@pytest.mark.parametrize(("data", "content_type", "sentence"), WRONG)
def test_what_does_not_fit_is_refused_with_its_place_and_nothing_is_stored(
    data: bytes, content_type: str, sentence: str
) -> None:
    @scene_test
    async def scene(scene: SchemaScene) -> None:
        await scene.names("AVRO", AVRO)
        with pytest.raises(InvalidInput, match=r"groups\[0\]\." + sentence):
            await scene.publish(data, content_types=[content_type] if content_type else [])
        assert await scene.stored() == []

    scene()


@scene_test
async def test_no_data_are_no_payload_and_name_no_schema(scene: SchemaScene) -> None:
    await scene.names("AVRO", AVRO)
    await scene.publish(b"", extensions=[{"dataschema": "urn:mine", "more": "1"}])
    (event,) = await scene.stored()
    assert (event.data, event.extensions) == (b"", {"more": "1"})


@scene_test
async def test_other_streams_take_what_they_took(scene: SchemaScene) -> None:
    await scene.names("AVRO", AVRO)
    group = EventGroup("files", [b"any"], ["a"], ["t"], content_types=["text/plain"])
    assert (await scene.desk.publish(PublishCall("", [group]))).sequences
    await scene.naming.name("", STREAM, "")
    await scene.book.refresh()
    assert await scene.publish(b"{}")


@scene_test
async def test_until_it_is_known_who_has_a_schema_nothing_is_taken(scene: SchemaScene) -> None:
    with pytest.raises(Unavailable, match="which streams have schemas"):
        await scene.publish(b"{}")


@scene_test
async def test_known_schemas_are_checked_while_the_registry_is_away(scene: SchemaScene) -> None:
    await scene.names("AVRO", AVRO)
    await scene.publish(ORDER)
    for method in ("subject", "by_id", "by_guid", "rules"):
        scene.trips.before[f"schemas.{method}"] = Unavailable("the registry is away")
    await scene.publish(ORDER)
    with pytest.raises(InvalidInput):
        await scene.publish(b"{}")
    assert len(await scene.stored()) == 2


@scene_test
async def test_a_stream_names_what_there_is_and_only_if_its_events_stand_here(scene: SchemaScene) -> None:
    with pytest.raises(NoSubject):
        await scene.naming.name("", STREAM, "nobodys-value")
    with pytest.raises(InvalidInput, match="has a source of its own"):
        await scene.naming.name("", "elsewhere", SUBJECT)


@scene_test
async def test_a_subject_that_lost_its_schemas_is_told_of(scene: SchemaScene) -> None:
    await scene.names("AVRO", AVRO)
    await scene.schemas.schemas.delete("", SUBJECT, None, permanent=False)
    with pytest.raises(InvalidInput, match="names subject 'orders-value', which has no schema; register one"):
        await scene.publish(ORDER)


async def told(scene: SchemaScene, extensions: bytes = b"", **fields: Any) -> StoredEvent:
    """What a subscriber is given that asks for JSON, of the stream's only event."""
    namespace_id = await scene.store.registry.namespace("default")
    stream = await scene.store.streams.find(namespace_id, STREAM)
    assert stream is not None
    (stored,) = await scene.store.journal.read(stream.id, hash_of_subject("a"), 0, 10, 1_000_000)
    forms = JsonForms(SchemaBook(scene.store.schemas, schema_formats()))
    changed = structs.replace(stored, **({"extensions": extensions} if extensions else {}), **fields)
    (given,) = await forms.as_json(namespace_id, [changed])
    return given


@pytest.mark.parametrize(("language", "text"), [("AVRO", AVRO), ("PROTOBUF", PROTO), ("JSON", JSON)])
def test_a_subscriber_that_asks_for_json_is_given_json(language: str, text: str) -> None:
    @scene_test
    async def scene(scene: SchemaScene) -> None:
        await scene.names(language, text)
        sent = ORDER if language == "AVRO" else b'{"total":7}'
        await scene.publish(sent)
        given = await told(scene)
        assert json.loads(given.data)["total"] in {7, "7"}
        assert given.content_type in {"", "application/json"}
        assert b"dataschema" in given.extensions

    scene()


@scene_test
async def test_what_cannot_be_read_by_the_schema_that_it_names_is_given_as_it_is(scene: SchemaScene) -> None:
    schema_id = await scene.names("AVRO", AVRO)
    await scene.publish(ORDER)
    for name in ("urn:mine", "urn:penstock:schema:99", f"urn:penstock:schema:{schema_id}x"):
        given = await told(scene, json.dumps({"dataschema": name}).encode())
        assert given.content_type == "avro/binary"
    given = await told(scene, data=b"\xff")
    assert (given.data, given.content_type) == (b"\xff", "avro/binary")


def test_the_name_of_a_schema_says_which() -> None:
    for message in (FIRST_MESSAGE, (1,), (0, 2, 1)):
        assert named_schema(schema_name(7, message)) == (7, message)
    for name in ("", "7", *[f"urn:penstock:schema:{end}" for end in ("", "0", "7#", "7#1.", "7#a")]):
        assert named_schema(name) is None
