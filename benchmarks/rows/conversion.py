"""What it costs to check an event by a schema and to bring it into the schema's own form: pure, in one process."""

import json
import time
from collections.abc import Callable
from typing import Final

from benchmarks.bench import Bench, Measurement
from benchmarks.row import Row, figure, median
from penstock.adapters.schemas.avro import AvroFormat
from penstock.adapters.schemas.codec import Codec
from penstock.adapters.schemas.json_schema import JsonSchemaFormat
from penstock.adapters.schemas.protobuf import ProtobufFormat

RUNS: Final = 5
RUN_S: Final = 0.4
EVENT: Final = json.dumps(
    {
        "order": "0b0a4a34-5f0e-4b7b-8f5c-6a2a2f5d9a11",
        "customer": "ada@example.org",
        "total": 129.5,
        "paid": True,
        "lines": [{"article": "book", "count": 2, "price": 14.5}, {"article": "lamp", "count": 1, "price": 100.5}],
        "note": None,
    }
).encode()
_LINE: Final = {
    "type": "object",
    "properties": {"article": {"type": "string"}, "count": {"type": "integer"}, "price": {"type": "number"}},
    "required": ["article", "count", "price"],
    "additionalProperties": False,
}
JSON_SCHEMA: Final = json.dumps(
    {
        "type": "object",
        "properties": {
            "order": {"type": "string", "minLength": 36, "maxLength": 36},
            "customer": {"type": "string", "pattern": "^[^@]+@[^@]+$"},
            "total": {"type": "number", "minimum": 0},
            "paid": {"type": "boolean"},
            "lines": {"type": "array", "items": _LINE},
            "note": {"type": ["string", "null"]},
        },
        "required": ["order", "customer", "total", "lines"],
        "additionalProperties": False,
    }
)
AVRO: Final = json.dumps(
    {
        "type": "record",
        "name": "Order",
        "fields": [
            {"name": "order", "type": "string"},
            {"name": "customer", "type": "string"},
            {"name": "total", "type": "double"},
            {"name": "paid", "type": "boolean"},
            {
                "name": "lines",
                "type": {
                    "type": "array",
                    "items": {
                        "type": "record",
                        "name": "Line",
                        "fields": [
                            {"name": "article", "type": "string"},
                            {"name": "count", "type": "int"},
                            {"name": "price", "type": "double"},
                        ],
                    },
                },
            },
            {"name": "note", "type": ["null", "string"]},
        ],
    }
)
PROTOBUF: Final = """
syntax = "proto3";
message Order {
  string order = 1; string customer = 2; double total = 3; bool paid = 4; repeated Line lines = 5;
  optional string note = 6;
  message Line { string article = 1; int32 count = 2; double price = 3; }
}
"""


async def measure_conversion(bench: Bench) -> list[Row]:
    """Each language by its own codec, made once."""
    codecs: dict[str, Codec] = {
        "conversion.json_us": JsonSchemaFormat().read(JSON_SCHEMA, {}),
        "conversion.avro_us": AvroFormat().read(AVRO, {}),
        "conversion.protobuf_us": ProtobufFormat().read(PROTOBUF, {}).codec(),
    }
    return [_row(name, codec, 1 if bench.is_quick else RUNS) for name, codec in codecs.items()]


def _row(name: str, codec: Codec, runs_count: int) -> Row:
    canonical = codec.from_json(EVENT, "data")
    runs = [_each_us(lambda: codec.from_json(EVENT, "data")) for _ in range(runs_count)]
    config = {
        "event_bytes": len(EVENT),
        "canonical_bytes": len(canonical),
        "check_us": round(_each_us(lambda: codec.check(canonical, "data")), 2),
        "to_json_us": round(_each_us(lambda: codec.to_json(canonical, "data")), 2),
        "counted": "one event of JSON, checked by the schema and brought into its own form; the schema is read once",
    }
    return figure(name, median(runs), "us", runs, config)


def _each_us(call: Callable[[], object]) -> float:
    count, started_at_s = 0, time.perf_counter()
    while (took_s := time.perf_counter() - started_at_s) < RUN_S:
        for _ in range(100):
            call()
        count += 100
    return took_s / count * 1e6


CONVERSION: Final = Measurement(
    ("conversion.json_us", "conversion.avro_us", "conversion.protobuf_us"), measure_conversion
)
