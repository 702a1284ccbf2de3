"""confluent-kafka's serializers and deserializers, as they are, against the registry: what goes in comes out again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from confluent_kafka.schema_registry import Metadata, MetadataProperties, Schema, SchemaReference
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.schema_registry.error import SchemaRegistryError
from confluent_kafka.schema_registry.json_schema import JSONDeserializer, JSONSerializer
from confluent_kafka.schema_registry.protobuf import ProtobufDeserializer, ProtobufSerializer
from confluent_kafka.serialization import MessageField, SerializationContext, SerializationError
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, timestamp_pb2

from penstock.adapters.postgres import PostgresStore, migrate
from penstock.model.errors import Unavailable
from tests.layers.registry_server import RegistryServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from confluent_kafka.schema_registry import SchemaRegistryClient

TO = SerializationContext("orders", MessageField.VALUE)
ORDER = {"id": "o-1", "note": "ünï"}
ORDER_AVRO = (
    '{"type": "record", "name": "shop.Order", "fields": '
    '[{"name": "id", "type": "string"}, {"name": "note", "type": "string"}]}'
)
BASKET_AVRO = '{"type":"record","name":"shop.Basket","fields":[{"name":"first","type":"shop.Order"}]}'
ORDER_JSON = json.dumps(
    {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Order",
        "type": "object",
        "properties": {"id": {"type": "string"}, "note": {"type": "string"}},
        "required": ["id"],
    }
)
BASKET_JSON = json.dumps(
    {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Basket",
        "type": "object",
        "properties": {"first": {"$ref": "order.json"}},
    }
)


@pytest.fixture(scope="module")
def server() -> Iterator[RegistryServer]:
    with RegistryServer() as server:
        yield server


@pytest.fixture
def client(server: RegistryServer) -> SchemaRegistryClient:
    server.fresh()
    return server.client()


def messages() -> tuple[type[Any], type[Any]]:
    """`shop.Order`, and `shop.Basket` of another file that imports its own and a well-known one."""
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(timestamp_pb2.DESCRIPTOR.serialized_pb)
    order = descriptor_pb2.FileDescriptorProto(name="shop/order.proto", package="shop", syntax="proto3")
    made = order.message_type.add(name="Order")
    for number, name in enumerate(("id", "note"), 1):
        made.field.add(name=name, number=number, type=9, label=1)
    basket = descriptor_pb2.FileDescriptorProto(
        name="shop/basket.proto",
        package="shop",
        syntax="proto3",
        dependency=["shop/order.proto", "google/protobuf/timestamp.proto"],
    )
    basket.message_type.add(name="Other")
    made = basket.message_type.add(name="Basket")
    made.field.add(name="first", number=1, type=11, label=1, type_name=".shop.Order")
    made.field.add(name="at", number=2, type=11, label=1, type_name=".google.protobuf.Timestamp")
    for file in (order, basket):
        pool.Add(file)
    order_type, basket_type = [
        message_factory.GetMessageClass(pool.FindMessageTypeByName(name)) for name in ("shop.Order", "shop.Basket")
    ]
    return order_type, basket_type


def test_avro(server: RegistryServer, client: SchemaRegistryClient) -> None:
    data = AvroSerializer(client, ORDER_AVRO)(ORDER, TO)
    assert data is not None
    assert data[:5] == b"\x00\x00\x00\x00\x01"
    assert AvroDeserializer(server.client())(data, TO) == ORDER
    assert server.client().get_subjects() == ["orders-value"]


def test_avro_with_a_named_type_of_another_subject(server: RegistryServer, client: SchemaRegistryClient) -> None:
    client.register_schema("order", Schema(ORDER_AVRO, "AVRO"))
    basket = Schema(BASKET_AVRO, "AVRO", [SchemaReference("shop.Order", "order", 1)])
    data = AvroSerializer(client, basket)({"first": ORDER}, TO)
    assert AvroDeserializer(server.client())(data, TO) == {"first": ORDER}
    assert server.client().get_referenced_by("order", 1) == [2]


def test_json(server: RegistryServer, client: SchemaRegistryClient) -> None:
    data = JSONSerializer(ORDER_JSON, client)(ORDER, TO)
    assert JSONDeserializer(None, schema_registry_client=server.client())(data, TO) == ORDER
    assert server.client().get_schema(1).schema_type == "JSON"
    with pytest.raises(SerializationError):
        JSONSerializer(ORDER_JSON, client)({"note": "without an id"}, TO)


def test_json_with_a_reference(server: RegistryServer, client: SchemaRegistryClient) -> None:
    client.register_schema("order", Schema(ORDER_JSON, "JSON"))
    basket = Schema(BASKET_JSON, "JSON", [SchemaReference("order.json", "order", 1)])
    data = JSONSerializer(basket, client)({"first": ORDER}, TO)
    assert JSONDeserializer(basket, schema_registry_client=server.client())(data, TO) == {"first": ORDER}
    with pytest.raises(SerializationError):
        JSONSerializer(basket, client)({"first": {"note": "without an id"}}, TO)


def test_protobuf(server: RegistryServer, client: SchemaRegistryClient) -> None:
    order, _ = messages()
    data = ProtobufSerializer(order, client)(order(**ORDER), TO)
    assert ProtobufDeserializer(order, {}, server.client())(data, TO) == order(**ORDER)
    text = server.client().get_latest_version("orders-value").schema.schema_str
    assert text is not None
    assert "message Order" in text, "it is kept as people read it"


def test_protobuf_with_imports(server: RegistryServer, client: SchemaRegistryClient) -> None:
    order, basket = messages()
    filled = basket(first=order(**ORDER), at={"seconds": 7})
    data = ProtobufSerializer(basket, client)(filled, TO)
    assert data is not None
    assert data[5:7] == b"\x02\x02", "the second message of its file"
    assert ProtobufDeserializer(basket, {}, server.client())(data, TO) == filled
    fresh = server.client()
    assert fresh.get_subjects() == ["orders-value", "shop/order.proto"]
    assert fresh.get_referenced_by("shop/order.proto", 1) == [fresh.get_latest_version("orders-value").schema_id]
    again = ProtobufSerializer(basket, server.client())(filled, TO)
    assert again == data, "another process finds what stands"
    assert server.client().get_versions("orders-value") == [1]


def test_the_latest_version_is_written_where_nothing_is_registered(
    server: RegistryServer, client: SchemaRegistryClient
) -> None:
    order, basket = messages()
    conf = {"auto.register.schemas": False, "use.latest.version": True}
    with pytest.raises((SerializationError, SchemaRegistryError)):
        AvroSerializer(client, None, conf=conf)(ORDER, TO)
    AvroSerializer(client, ORDER_AVRO)(ORDER, TO)
    assert AvroSerializer(server.client(), None, conf=conf)(ORDER, TO) is not None
    to = SerializationContext("baskets", MessageField.VALUE)
    filled = basket(first=order(**ORDER))
    written = ProtobufSerializer(basket, server.client())(filled, to)
    latest = ProtobufSerializer(basket, server.client(), conf)(filled, to)
    assert latest == written
    reader = ProtobufDeserializer(basket, {"use.latest.version": True}, server.client())
    assert reader(written, to) == filled
    to = SerializationContext("notes", MessageField.VALUE)
    JSONSerializer(ORDER_JSON, client)(ORDER, to)
    data = JSONSerializer(ORDER_JSON, server.client(), conf=conf)(ORDER, to)
    assert JSONDeserializer(None, None, server.client(), conf={"use.latest.version": True})(data, to) == ORDER


def test_without_registering_only_what_stands_is_written(server: RegistryServer, client: SchemaRegistryClient) -> None:
    conf = {"auto.register.schemas": False}
    with pytest.raises((SerializationError, SchemaRegistryError)):
        AvroSerializer(client, ORDER_AVRO, conf=conf)(ORDER, TO)
    assert client.get_subjects() == []
    client.register_schema("orders-value", Schema(ORDER_AVRO, "AVRO"))
    assert AvroSerializer(server.client(), ORDER_AVRO, conf=conf)(ORDER, TO) is not None


def test_normal_texts(server: RegistryServer, client: SchemaRegistryClient) -> None:
    order, _ = messages()
    conf = {"normalize.schemas": True}
    for serializer, given in (
        (AvroSerializer(client, ORDER_AVRO, conf=conf), ORDER),
        (JSONSerializer(ORDER_JSON, client, conf=conf), ORDER),
        (ProtobufSerializer(order, client, conf), order(**ORDER)),
    ):
        to = SerializationContext(type(serializer).__name__, MessageField.VALUE)
        assert serializer(given, to) == serializer(given, to)
        assert server.client().get_versions(f"{to.topic}-value") == [1]


def test_a_reader_of_a_newer_version_reads_what_an_older_one_wrote(
    server: RegistryServer, client: SchemaRegistryClient
) -> None:
    data = AvroSerializer(client, ORDER_AVRO)(ORDER, TO)
    newer = json.loads(ORDER_AVRO)
    newer["fields"].append({"name": "count", "type": "int", "default": 7})
    client.register_schema("orders-value", Schema(json.dumps(newer), "AVRO"))
    reader = AvroDeserializer(server.client(), conf={"use.latest.version": True})
    assert reader(data, TO) == ORDER | {"count": 7}


def test_a_version_can_be_chosen_by_its_metadata(server: RegistryServer, client: SchemaRegistryClient) -> None:
    metadata = Metadata(None, MetadataProperties({"major": "1"}), None)
    client.register_schema("orders-value", Schema(ORDER_AVRO, "AVRO", metadata=metadata))
    newer = ORDER_AVRO.replace('"note", "type": "string"', '"note", "type": ["string", "long"]')
    client.register_schema("orders-value", Schema(newer, "AVRO"))
    conf = {"auto.register.schemas": False, "use.latest.with.metadata": {"major": "1"}}
    data = AvroSerializer(server.client(), None, conf=conf)(ORDER, TO)
    assert data is not None
    assert data[:5] == b"\x00\x00\x00\x00\x01"


def test_an_incompatible_change_stops_a_producer_and_not_what_stands(
    server: RegistryServer, client: SchemaRegistryClient
) -> None:
    AvroSerializer(client, ORDER_AVRO)(ORDER, TO)
    wrong = ORDER_AVRO.replace('"note"', '"remark"')
    with pytest.raises((SerializationError, SchemaRegistryError), match=r"incompatible|409"):
        AvroSerializer(server.client(), wrong)({"id": "1", "remark": "2"}, TO)
    assert AvroSerializer(server.client(), ORDER_AVRO)(ORDER, TO) is not None


def test_producers_of_known_schemas_start_while_the_store_is_away(
    server: RegistryServer, client: SchemaRegistryClient
) -> None:
    order, basket = messages()
    filled = basket(first=order(**ORDER))
    to = SerializationContext("baskets", MessageField.VALUE)
    written = [AvroSerializer(client, ORDER_AVRO)(ORDER, TO), ProtobufSerializer(basket, client)(filled, to)]
    for port in ("schemas", "registry"):
        for method in dir(getattr(server.store, port)):
            server.trips.before[f"{port}.{method}"] = Unavailable("the store did not answer")
    assert AvroSerializer(server.client(), ORDER_AVRO)(ORDER, TO) == written[0]
    assert ProtobufSerializer(basket, server.client())(filled, to) == written[1]
    assert AvroDeserializer(server.client())(written[0], TO) == ORDER
    assert ProtobufDeserializer(basket, {}, server.client())(written[1], to) == filled


def test_all_of_them_on_postgresql(server: RegistryServer, postgres_dsn: str) -> None:
    server.fresh()
    server.run(migrate(postgres_dsn))
    server.fresh(store=lambda: PostgresStore.connect(postgres_dsn))
    test_avro_with_a_named_type_of_another_subject(server, server.client())
    order, basket = messages()
    filled = basket(first=order(**ORDER), at={"seconds": 7})
    to = SerializationContext("baskets", MessageField.VALUE)
    data = ProtobufSerializer(basket, server.client())(filled, to)
    assert ProtobufDeserializer(basket, {}, server.client())(data, to) == filled
    to = SerializationContext("notes", MessageField.VALUE)
    data = JSONSerializer(ORDER_JSON, server.client())(ORDER, to)
    assert JSONDeserializer(None, schema_registry_client=server.client())(data, to) == ORDER
    assert server.client().get_subjects() == [
        "baskets-value",
        "notes-value",
        "order",
        "orders-value",
        "shop/order.proto",
    ]
    server.fresh()
