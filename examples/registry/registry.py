"""A registry that others' clients know: they register, write, read, and are told what would break whom.

Run a platform in one terminal (`penstock dev shop:app`), this in another:

    python registry.py
"""

import os
from pathlib import Path

from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.schema_registry.error import SchemaRegistryError
from confluent_kafka.serialization import MessageField, SerializationContext

ORDER = """
{"type": "record", "name": "Order", "fields": [
  {"name": "id", "type": "string"}, {"name": "total", "type": "long"}
]}
"""
WITH_NOTE = ORDER.replace('"long"}', '"long"}, {"name": "note", "type": "string", "default": ""}')
IN_WORDS = ORDER.replace('"long"', '"string"')
TO = SerializationContext("orders", MessageField.VALUE)


def where() -> str:
    """The URL that `penstock dev` wrote, or HTTP_URL."""
    return os.environ.get("HTTP_URL") or (Path(".penstock") / "http_address").read_text().strip()


def connected() -> SchemaRegistryClient:
    """A token, where the platform asks for one, is the password."""
    conf = {"url": f"{where()}/registry"}
    if "PENSTOCK_TOKEN" in os.environ:
        conf["basic.auth.user.info"] = f"example:{os.environ['PENSTOCK_TOKEN']}"
    return SchemaRegistryClient(conf)


def main() -> None:
    with connected() as client:
        # The serializer registers what it writes; the message begins with the id.
        message = AvroSerializer(client, ORDER)({"id": "o-1", "total": 42}, TO)
        assert message is not None
        print("subjects:", client.get_subjects())

        # A field with a default may be added: what was written before can be read.
        client.register_schema("orders-value", Schema(WITH_NOTE, "AVRO"))
        print("versions:", client.get_versions("orders-value"))

        # What would break readers is refused.
        try:
            client.register_schema("orders-value", Schema(IN_WORDS, "AVRO"))
        except SchemaRegistryError as refusal:
            print("refused:", refusal.error_code)

    # Another process reads with the latest version what the first one wrote.
    with connected() as client:
        print("read:", AvroDeserializer(client, conf={"use.latest.version": True})(message, TO))


if __name__ == "__main__":
    main()
