"""Schemas at the wire: what is wrong is refused with its field and changes nothing, over gRPC as over REST."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import grpc
import httpx
import pytest

from penstock.model.limits import SCHEMA_BYTES_MAX
from penstock.wire.v1 import penstock_pb2 as pb
from tests.processes.bad_input.calls import INVALID, PATIENCE_S, assert_for_people, refusal

if TYPE_CHECKING:
    from tests.processes.platform_fixture import Platform

MISSING, FORBIDDEN = grpc.StatusCode.NOT_FOUND, grpc.StatusCode.FAILED_PRECONDITION
ITSELF = {"$ref": "#/definitions/a"}
COSTLY = (
    json.dumps({"definitions": {"a": {"allOf": [ITSELF] * 9}}, **ITSELF}),
    '{"$ref":"#"}',
    '{"uniqueItems":true,"pattern":"(a+)+$"}',
)


def schema(**fields: Any) -> pb.RegisterSchemaRequest:
    return pb.RegisterSchemaRequest(**({"subject": "orders", "schema": '"string"'} | fields))


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (schema(subject=""), "subject"),
        (schema(subject="a\nb"), "subject"),
        (schema(subject="s" * 256), "subject"),
        (schema(namespace="../x"), "namespace"),
        (schema(schema=""), "schema"),
        (schema(schema="{"), "schema"),
        (schema(schema="x" * (SCHEMA_BYTES_MAX + 1)), "schema"),
        (schema(schema="[" * 3_000 + "]" * 3_000), "schema"),
        (schema(schema='{"items":' * 3_000 + "{}" + "}" * 3_000, schema_type="JSON"), "schema"),
        (schema(schema='{"$ref":"http://169.254.169.254/latest"}', schema_type="JSON"), "schema"),
        (schema(schema='{"$ref":"file:///etc/passwd"}', schema_type="JSON"), "schema"),
        (schema(schema='import "file:///etc/passwd";', schema_type="PROTOBUF"), "schema"),
        (schema(schema="message A {" * 3_000 + "}" * 3_000, schema_type="PROTOBUF"), "schema"),
        (schema(schema_type="XML"), "schema_type"),
        (schema(metadata="[]"), "metadata"),
        (schema(rules="{"), "rules"),
        (schema(references=[pb.SchemaReference(name="a", subject="nobodys", version=1)]), "references"),
        (schema(references=[pb.SchemaReference(name="a", subject="b", version=-7)]), "version"),
    ],
)
def test_what_is_no_schema_is_refused_with_its_field(
    platform: Platform, wrong: pb.RegisterSchemaRequest, field: str
) -> None:
    status, sentence = refusal(platform.frontend.RegisterSchema, wrong)
    assert status is INVALID
    assert sentence.startswith(f"{field}:"), sentence


@pytest.mark.parametrize("text", COSTLY)
def test_what_is_costly_is_refused_or_registered_in_time(platform: Platform, text: str) -> None:
    request = schema(schema=text, schema_type="JSON", subject=f"costly-{len(text)}")
    ended = platform.frontend.RegisterSchema.future(request, timeout=PATIENCE_S)
    assert ended.code() in {grpc.StatusCode.OK, INVALID}, ended.details()


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("call", "wrong", "status", "field"),
    [
        ("GetSchema", pb.GetSchemaRequest(), INVALID, "id"),
        ("GetSchema", pb.GetSchemaRequest(id=1, subject="orders"), INVALID, "id"),
        ("GetSchema", pb.GetSchemaRequest(id=2**31 - 1), MISSING, ""),
        ("GetSchema", pb.GetSchemaRequest(guid=b"x"), INVALID, "guid"),
        ("GetSchema", pb.GetSchemaRequest(subject="nobodys"), MISSING, ""),
        ("GetSchema", pb.GetSchemaRequest(subject="orders", version=-2), INVALID, "version"),
        ("ListSchemas", pb.ListSchemasRequest(limit=-1), INVALID, "limit"),
        ("ListSchemas", pb.ListSchemasRequest(offset=-1), INVALID, "offset"),
        ("ListSchemas", pb.ListSchemasRequest(subject="a", prefix="b"), INVALID, "prefix"),
        ("ListSchemas", pb.ListSchemasRequest(subject="nobodys"), MISSING, ""),
        ("CheckSchema", pb.CheckSchemaRequest(), INVALID, "subject"),
        ("CheckSchema", pb.CheckSchemaRequest(schema=schema(subject="nobodys"), version=3), MISSING, ""),
        ("DeleteSchema", pb.DeleteSchemaRequest(), INVALID, "subject"),
        ("DeleteSchema", pb.DeleteSchemaRequest(subject="nobodys"), MISSING, ""),
        ("SetSchemaRules", pb.SetSchemaRulesRequest(), INVALID, "compatibility"),
        ("SetSchemaRules", pb.SetSchemaRulesRequest(compatibility="SIDEWAYS"), INVALID, "compatibility"),
        ("SetSchemaRules", pb.SetSchemaRulesRequest(mode="IMPORT"), INVALID, "mode"),
        ("SetSchemaRules", pb.SetSchemaRulesRequest(subject="a\tb", mode="READONLY"), INVALID, "subject"),
        ("GetSchemaRules", pb.GetSchemaRulesRequest(subject="s" * 300), INVALID, "subject"),
    ],
)
def test_questions_and_orders_that_are_wrong(
    platform: Platform, call: str, wrong: Any, status: grpc.StatusCode, field: str
) -> None:
    refused = refusal(getattr(platform.frontend, call), wrong)
    assert refused.status is status
    if field:
        assert refused.sentence.startswith(f"{field}:"), refused.sentence


def test_an_incompatible_version_changes_nothing(platform: Platform) -> None:
    first = platform.frontend.RegisterSchema(schema(subject="stands"))
    before = platform.sql("select * from penstock.schema_version order by schema_id")
    status, sentence = refusal(platform.frontend.RegisterSchema, schema(subject="stands", schema='"long"'))
    assert status is FORBIDDEN
    assert "BACKWARD" in sentence
    answer = httpx.post(f"{platform.http_url}/registry/subjects/stands/versions", json={"schema": '"long"'})
    assert (answer.status_code, answer.json()["error_code"]) == (409, 409)
    assert platform.sql("select * from penstock.schema_version order by schema_id") == before
    assert platform.frontend.GetSchema(pb.GetSchemaRequest(subject="stands")).id == first.id


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("verb", "path", "body", "expected"),
    [
        ("POST", "subjects/a/versions", b"{", (400, 400)),
        ("POST", "subjects/a/versions", b"[]", (400, 400)),
        ("POST", "subjects/a/versions", b"{}", (400, 400)),
        ("POST", "subjects/a/versions", b'{"schema": 7}', (400, 400)),
        ("POST", "subjects/a/versions", b'{"schema": "\\"int\\"", "references": [{}]}', (400, 400)),
        ("POST", "subjects/a/versions", b'{"schema": "\\"int\\"", "id": 7}', (400, 400)),
        ("POST", "subjects/a/versions", b'{"schema": "\\"int\\"", "metadata": ' + b'{"a":' * 9_000, (400, 400)),
        ("POST", "subjects/a/versions?normalize=perhaps", b'{"schema": "\\"int\\""}', (400, 400)),
        ("POST", "subjects/a%00b/versions", b'{"schema": "\\"int\\""}', (422, 42208)),
        ("POST", "subjects/%ff/versions", b'{"schema": "\\"int\\""}', (422, 42208)),
        ("GET", "subjects?offset=-1", b"", (422, 422)),
        ("GET", "subjects?limit=many", b"", (400, 400)),
        ("GET", "subjects/a/versions/0", b"", (422, 42202)),
        ("GET", "subjects/a/versions/99999999999999999999", b"", (422, 42202)),
        ("GET", "schemas/ids/x", b"", (404, 40403)),
        ("GET", "schemas/ids/0", b"", (404, 40403)),
        ("PUT", "config", b'{"compatibility": "FULL", "overrideMetadata": {}}', (422, 42203)),
        ("PUT", "config", b"{}", (422, 42203)),
        ("PUT", "mode/a", b'{"mode": "IMPORT"}', (422, 42204)),
        ("DELETE", "config/nobodys", b"", (404, 40408)),
        ("GET", "associations/resources/-/a?associationType=value&offset=x", b"", (400, 400)),
        ("POST", "associations", b'{"resourceName": "a"}', (400, 400)),
        ("PATCH", "subjects", b"", (405, 405)),
        ("GET", "Not-A-Namespace/subjects", b"", (422, 422)),
        ("GET", "subjects/a/b/c/d/e", b"", (404, 404)),
    ],
)
def test_what_is_wrong_over_rest_has_a_number_and_a_sentence(
    platform: Platform, verb: str, path: str, body: bytes, expected: tuple[int, int]
) -> None:
    answer = httpx.request(verb, f"{platform.http_url}/registry/{path}", content=body, timeout=PATIENCE_S)
    told = answer.json()
    assert (answer.status_code, told["error_code"]) == expected, told
    assert_for_people(told["message"])


@pytest.mark.usefixtures("unchanged")
def test_a_body_that_is_too_large_is_not_read_on(platform: Platform) -> None:
    body = b'{"schema": "' + b"x" * 9 * SCHEMA_BYTES_MAX + b'"}'
    answer = httpx.post(f"{platform.http_url}/registry/subjects/a/versions", content=body, timeout=PATIENCE_S)
    assert answer.status_code == 413
