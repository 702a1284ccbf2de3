"""Whether one schema reads what another wrote: the verdicts that users of schema registries know, pair by pair."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from penstock.adapters.schemas.avro import AvroFormat
from penstock.adapters.schemas.json_schema import JsonSchemaFormat
from penstock.adapters.schemas.protobuf import ProtobufFormat

if TYPE_CHECKING:
    from penstock.ports.schema_format import Schema, SchemaFormat

TABLE = yaml.safe_load((Path(__file__).parent / "compatibility.yaml").read_text())
FORMATS: dict[str, SchemaFormat] = {"avro": AvroFormat(), "json": JsonSchemaFormat(), "protobuf": ProtobufFormat()}
PAIRS = [
    pytest.param(language, pair, id=f"{language}: {pair['name']}") for language in FORMATS for pair in TABLE[language]
]


def _read(language: str, said: Any) -> Schema:
    if language == "protobuf":
        text = said if said.startswith("syntax") else f'syntax = "proto3"; {said}'
    else:
        text = json.dumps(said)
    return FORMATS[language].read(text, {})


@pytest.mark.parametrize(("language", "pair"), PAIRS)
def test_the_verdict_is_that_of_its_source(language: str, pair: dict[str, Any]) -> None:
    older, newer = _read(language, pair["older"]), _read(language, pair["newer"])
    backward, forward = newer.cannot_read(older), older.cannot_read(newer)
    assert (backward == []) is pair["backward"], backward
    assert (forward == []) is pair["forward"], forward
    assert pair.get("says", "") in " | ".join((*backward, *forward))


@pytest.mark.parametrize(("language", "pair"), PAIRS)
def test_every_schema_reads_itself_and_its_normal_text(language: str, pair: dict[str, Any]) -> None:
    for said in (pair["older"], pair["newer"]):
        schema = _read(language, said)
        again = FORMATS[language].read(schema.canonical, {})
        assert again.canonical == schema.canonical
        assert schema.cannot_read(schema) == []
        assert schema.cannot_read(again) == []
        assert again.cannot_read(schema) == []


def test_there_are_enough_of_them_and_each_names_its_source() -> None:
    pairs = [pair for language in FORMATS for pair in TABLE[language]]
    assert len(pairs) >= 60
    assert {pair["source"] for pair in pairs} == set(TABLE["sources"])
    assert len({pair["name"] for pair in pairs}) >= 60
