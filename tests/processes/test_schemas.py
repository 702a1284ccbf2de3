"""Schemas as their users meet them: by the command line and by others' client, on a whole platform."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from confluent_kafka.schema_registry import Schema, SchemaRegistryClient

from tests.processes.platform_fixture import platform
from tests.processes.test_streams import Shell

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.processes.platform_fixture import Platform

__all__ = ["platform"]


def avro(*fields: str) -> str:
    made = [{"name": name, "type": "string", **({"default": ""} if at else {})} for at, name in enumerate(fields)]
    return json.dumps({"type": "record", "name": "Order", "fields": made})


def test_the_words_of_the_command_line(platform: Platform, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    penstock = Shell(platform, capsys)
    one, two, wrong = [tmp_path / f"{name}.avsc" for name in ("one", "two", "wrong")]
    one.write_text(avro("id"))
    two.write_text(avro("id", "note"))
    wrong.write_text('"long"')
    assert penstock.code("schema", "list") == 0
    assert "no subjects" in penstock.said
    first = penstock.json("schema", "register", "orders-value", str(one), "--metadata", '{"owner": "ada"}')
    assert (first["version"], first["type"], first["metadata"]) == (1, "AVRO", {"owner": "ada"})
    assert "compatible (BACKWARD)" in penstock("schema", "check", "orders-value", str(two))
    assert f"orders-value: version 2, id {first['id'] + 1}" in penstock("schema", "register", "orders-value", str(two))
    assert penstock.code("schema", "check", "orders-value", str(wrong)) == 1
    assert "incompatible (BACKWARD)" in penstock.printed
    assert penstock.code("schema", "check", "orders-value", str(wrong), "--json") == 1
    assert json.loads(penstock.printed)["compatible"] is False
    assert penstock.code("schema", "register", "orders-value", str(wrong)) == 1
    assert "incompatible" in penstock.said
    user = tmp_path / "user.avsc"
    user.write_text('{"type":"record","name":"Basket","fields":[{"name":"first","type":"Order"}]}')
    reference = ("--reference", "Order=orders-value:latest")
    made = penstock.json("schema", "register", "baskets-value", str(user), *reference)
    assert made["references"] == [{"name": "Order", "subject": "orders-value", "version": 2}]
    assert "refers to  Order = orders-value 2" in penstock("schema", "show", "baskets-value")
    assert penstock.json("schema", "show", str(first["id"]))["guid"] == first["guid"]
    assert penstock.json("schema", "show", "orders-value", "--version", "1")["id"] == first["id"]

    assert penstock("schema", "compatibility") == "BACKWARD\n"
    assert penstock("schema", "compatibility", "full", "--subject", "orders-value") == "FULL\n"
    assert penstock.json("schema", "compatibility", "default", "--subject", "orders-value")["own"] is None
    listed = penstock.json("schema", "list", "orders")
    assert [(each["subject"], each["versions"], each["compatibility"]) for each in listed] == [
        ("orders-value", [1, 2], "BACKWARD")
    ]
    assert "1-2" in penstock("schema", "list")

    assert penstock.code("schema", "delete", "orders-value", "--version", "2") == 1
    assert "is referred to by" in penstock.said
    assert "deleted 1 softly" in penstock("schema", "delete", "orders-value", "--version", "1")
    assert penstock.json("schema", "list", "orders", "--deleted")[0]["deleted_versions"] == [1]
    assert penstock.json("schema", "delete", "orders-value", "--version", "1", "--permanent")["versions"] == [1]
    for words, told in (
        (("register", "orders-value", str(tmp_path / "none.avsc")), "none.avsc"),
        (("register", "orders-value", str(tmp_path)), "--type"),
        (("register", "orders-value", str(one), "--type", "xml"), "--type"),
        (("register", "orders-value", str(one), "--reference", "x"), "--reference"),
        (("show", "orders-value", "--version", "first"), "--version"),
        (("compatibility", "sideways"), "LEVEL"),
        (("show", "nobodys"), "no subject"),
    ):
        assert penstock.code("schema", *words) in {1, 2}
        assert told in penstock.said


def test_others_client_meets_the_same_registry(
    platform: Platform, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    penstock = Shell(platform, capsys)
    file = tmp_path / "note.json"
    file.write_text('{"type": "object"}')
    made = penstock.json("schema", "register", "notes/a b", str(file))
    with SchemaRegistryClient({"url": f"{platform.http_url}/registry/shell"}) as client:
        found = client.lookup_schema("notes/a b", Schema('{"type":"object"}', "JSON"))
        assert (found.schema_id, found.guid) == (made["id"], made["guid"])
        client.register_schema("others", Schema('"string"', "AVRO"))
    assert [each["subject"] for each in penstock.json("schema", "list", "others")] == ["others"]
    with SchemaRegistryClient({"url": f"{platform.http_url}/registry"}) as client:
        assert "others" not in client.get_subjects()
