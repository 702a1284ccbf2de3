"""What reads and writes the payloads of a schema."""

from penstock.ports.payload_codec import PayloadCodec, SchemaOfMessages, SchemaOfPayloads
from penstock.ports.schema_format import Schema


def codec_of(schema: Schema, message: tuple[int, ...]) -> PayloadCodec:
    """The schema's, or that of its message at that place; raises `InvalidInput("message", ...)` where there is none."""
    if isinstance(schema, SchemaOfMessages):
        return schema.codec(message)
    assert isinstance(schema, SchemaOfPayloads)
    return schema
