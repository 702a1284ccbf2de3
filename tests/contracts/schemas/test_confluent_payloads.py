"""Payloads of the serializers that others wrote are taken, and what is made here their deserializers read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.schema_registry.json_schema import JSONDeserializer, JSONSerializer
from confluent_kafka.schema_registry.protobuf import ProtobufDeserializer, ProtobufSerializer
from confluent_kafka.serialization import MessageField, SerializationContext
from google.protobuf import message_factory

from penstock.adapters.schemas.avro import AvroFormat
from penstock.adapters.schemas.json_schema import JsonSchemaFormat
from penstock.adapters.schemas.protobuf import ProtobufFormat
from penstock.model.schema_wire import with_prefix, without_prefix

WHERE = SerializationContext("orders", MessageField.VALUE)
ORDER = {"id": "a", "count": 3}
AVRO = json.dumps(
    {
        "type": "record",
        "name": "Order",
        "fields": [{"name": "id", "type": "string"}, {"name": "count", "type": ["null", "int"]}],
    }
)
JSON = json.dumps(
    {
        "title": "Order",
        "type": "object",
        "properties": {"id": {"type": "string"}, "count": {"type": "integer"}},
        "required": ["id"],
    }
)
PROTOBUF = """
syntax = "proto3";
package shop;
import "google/protobuf/timestamp.proto";
message Other {}
message Outer { message Order { string id = 1; int32 count = 2; google.protobuf.Timestamp at = 3; } }
"""


@pytest.fixture
def client() -> SchemaRegistryClient:
    return SchemaRegistryClient.new_client({"url": "mock://"})


def test_avro(client: SchemaRegistryClient) -> None:
    theirs: Any = AvroSerializer(client, AVRO)(ORDER, WHERE)
    ours = AvroFormat().read(AVRO, {})
    named, payload = without_prefix(theirs, "data", of_message=False)
    assert json.loads(ours.to_json(payload, "data")) == ORDER
    back = with_prefix(named, ours.from_json(json.dumps(ORDER).encode(), "data"), of_message=False)
    assert back == theirs
    assert AvroDeserializer(client)(back, WHERE) == ORDER


def test_json(client: SchemaRegistryClient) -> None:
    theirs: Any = JSONSerializer(JSON, client)(ORDER, WHERE)
    ours = JsonSchemaFormat().read(JSON, {})
    named, payload = without_prefix(theirs, "data", of_message=False)
    ours.check(payload, "data")
    back = with_prefix(named, ours.from_json(payload, "data"), of_message=False)
    assert JSONDeserializer(JSON, schema_registry_client=client)(back, WHERE) == ORDER


def test_protobuf(client: SchemaRegistryClient) -> None:
    ours = ProtobufFormat().read(PROTOBUF, {})
    place = ours.place_of("shop.Outer.Order")
    kind: Any = message_factory.GetMessageClass(ours.file.message_types_by_name["Outer"].nested_types_by_name["Order"])
    theirs: Any = ProtobufSerializer(kind, client, {"use.deprecated.format": False})(kind(id="a", count=3), WHERE)
    named, payload = without_prefix(theirs, "data", of_message=True)
    assert named.message == place
    assert json.loads(ours.codec(place).to_json(payload, "data")) == ORDER
    back = with_prefix(named, ours.codec(place).from_json(json.dumps(ORDER).encode(), "data"), of_message=True)
    assert back == theirs
    read: Any = ProtobufDeserializer(kind, {"use.deprecated.format": False}, client)(back, WHERE)
    assert (read.id, read.count) == ("a", 3)
    registered = client.get_schema(named.number or 0)
    assert ProtobufFormat().read(registered.schema_str or "", {}).canonical == ours.canonical
