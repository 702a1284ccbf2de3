"""The registry's REST interface, asked by confluent-kafka's client as it is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from confluent_kafka.schema_registry import (
    Metadata,
    MetadataProperties,
    Rule,
    RuleKind,
    RuleMode,
    RuleSet,
    Schema,
    SchemaReference,
    SchemaRegistryClient,
    ServerConfig,
)
from confluent_kafka.schema_registry.common.schema_registry_client import (
    AssociationCreateOrUpdateInfo,
    AssociationCreateOrUpdateRequest,
    ConfigCompatibilityLevel,
)
from confluent_kafka.schema_registry.error import SchemaRegistryError

from penstock.model.errors import Unavailable
from tests.layers.registry_server import RegistryServer

if TYPE_CHECKING:
    from collections.abc import Iterator

SUBJECT = "a/b c%2F+ü-value"


def avro(*fields: str, **extra: Any) -> Schema:
    made = [{"name": name, "type": "string", **({"default": ""} if at else {})} for at, name in enumerate(fields)]
    return Schema(json.dumps({"type": "record", "name": "Order", "fields": made}), "AVRO", **extra)


V1, V2, OTHER = avro("id"), avro("id", "note"), Schema('"long"', "AVRO")


@pytest.fixture(scope="module")
def server() -> Iterator[RegistryServer]:
    with RegistryServer() as server:
        yield server


@pytest.fixture
def client(server: RegistryServer) -> SchemaRegistryClient:
    server.fresh()
    return server.client()


def refused(error: pytest.ExceptionInfo[SchemaRegistryError]) -> tuple[int, int]:
    return error.value.http_status_code, error.value.error_code


def test_a_schema_is_registered_found_and_read(server: RegistryServer, client: SchemaRegistryClient) -> None:
    made = client.register_schema_full_response(SUBJECT, V1)
    assert (made.schema_id, made.version, made.subject) == (1, 1, SUBJECT)
    assert client.register_schema("other", V1) == 1
    assert server.client().register_schema(SUBJECT, V2) == 2
    fresh = server.client()
    assert fresh.get_schema(1) == fresh.get_schema(1, subject_name=SUBJECT)
    assert fresh.get_schema(1).schema_str == V1.schema_str
    assert fresh.get_schema_by_guid(made.guid or "").schema_str == V1.schema_str
    found = fresh.lookup_schema(SUBJECT, V1)
    assert (found.schema_id, found.version, found.guid) == (1, 1, made.guid)
    latest = fresh.get_latest_version(SUBJECT)
    assert (latest.version, latest.schema.schema_str) == (2, V2.schema_str)
    assert fresh.get_version(SUBJECT, 1).schema_id == 1
    assert fresh.get_version(SUBJECT, "latest").version == 2
    assert fresh.get_versions(SUBJECT) == [1, 2]
    assert fresh.get_versions(SUBJECT, offset=1, limit=5) == [2]
    assert fresh.get_schema_types() == ["AVRO", "JSON", "PROTOBUF"]


def test_lists_have_pages_and_beginnings(client: SchemaRegistryClient) -> None:
    for name in ("b-value", "a-value", "a-key"):
        client.register_schema(name, V1)
    assert client.get_subjects() == ["a-key", "a-value", "b-value"]
    assert client.get_subjects(offset=1, limit=1) == ["a-value"]
    assert client.get_subjects(subject_prefix="a-") == ["a-key", "a-value"]
    assert client.get_subjects(subject_prefix=":*:") == ["a-key", "a-value", "b-value"]
    assert client.get_subjects_by_schema_id(1) == ["a-key", "a-value", "b-value"]
    assert client.get_subjects_by_schema_id(1, subject_name="b-value") == ["b-value"]
    versions = client.get_schema_versions(1, offset=2)
    assert [(each.subject, each.version) for each in versions] == [("b-value", 1)]
    assert client.get_contexts() == ["."]
    client.register_schema(":.blue:orders", V1)
    assert client.get_contexts() == [".", ".blue"]


def test_what_cannot_follow_is_refused_with_409(client: SchemaRegistryClient) -> None:
    client.register_schema("orders", V1)
    with pytest.raises(SchemaRegistryError, match="incompatible") as error:
        client.register_schema("orders", OTHER)
    assert refused(error) == (409, 409)
    assert client.get_versions("orders") == [1]
    assert not client.test_compatibility("orders", OTHER, verbose=True)
    assert client.test_compatibility("orders", V2)
    assert client.test_compatibility("orders", V2, version=1, normalize=True)
    assert client.test_compatibility_all_versions("orders", V2)
    assert client.test_compatibility("nobodys", V2)
    with pytest.raises(SchemaRegistryError) as error:
        client.test_compatibility("orders", V2, version=7)
    assert refused(error) == (404, 40402)
    assert client.get_versions("orders") == [1]


def test_levels_of_a_subject_and_of_all(server: RegistryServer, client: SchemaRegistryClient) -> None:
    assert client.get_compatibility() == "BACKWARD"
    with pytest.raises(SchemaRegistryError) as error:
        client.get_config(SUBJECT)
    assert refused(error) == (404, 40408)
    client.register_schema(SUBJECT, V1)
    client.set_compatibility(level="none")
    client.set_config(SUBJECT, ServerConfig(compatibility=ConfigCompatibilityLevel.FULL))
    with pytest.raises(SchemaRegistryError):
        client.register_schema(SUBJECT, OTHER)
    assert client.get_compatibility(SUBJECT) == "FULL"
    assert client.delete_config(SUBJECT).compatibility_level == "FULL"
    assert client.get_compatibility() == "NONE"
    assert client.register_schema(SUBJECT, OTHER) == 2
    with pytest.raises(SchemaRegistryError, match="BACKWARD_TRANSITIVE") as error:
        client.set_compatibility("orders", "SIDEWAYS")
    assert refused(error) == (422, 42203)
    assert client.delete_config().compatibility_level == "NONE"
    assert server.client().get_compatibility() == "BACKWARD"
    with pytest.raises(SchemaRegistryError, match="does not offer"):
        client.set_config(
            "orders", ServerConfig(compatibility=ConfigCompatibilityLevel.FULL, compatibility_group="major")
        )


def test_modes_stop_what_is_new(client: SchemaRegistryClient) -> None:
    assert client.get_global_mode() == "READWRITE"
    client.register_schema("orders", V1)
    with pytest.raises(SchemaRegistryError) as error:
        client.get_mode("orders")
    assert error.value.http_status_code == 404
    assert client.update_mode("orders", "READONLY", force=True) == "READONLY"
    with pytest.raises(SchemaRegistryError, match="read-only") as error:
        client.register_schema("orders", V2)
    assert refused(error) == (422, 42205)
    with pytest.raises(SchemaRegistryError) as error:
        client.delete_subject("orders")
    assert refused(error) == (422, 42205)
    assert client.delete_mode("orders") == "READONLY"
    assert client.update_global_mode("READONLY") == "READONLY"
    with pytest.raises(SchemaRegistryError):
        client.register_schema("orders", V2)
    assert client.update_mode("orders", "READWRITE") == "READWRITE"
    assert client.register_schema("orders", V2) == 2
    with pytest.raises(SchemaRegistryError) as error:
        client.update_mode("orders", "IMPORT")
    assert refused(error) == (422, 42204)


def test_deletions_go_softly_first(server: RegistryServer, client: SchemaRegistryClient) -> None:
    client.register_schema(SUBJECT, V1)
    client.register_schema(SUBJECT, V2)
    for ask, expected in (
        (lambda: client.delete_version(SUBJECT, 1, permanent=True), (404, 40407)),
        (lambda: client.delete_subject(SUBJECT, permanent=True), (404, 40405)),
        (lambda: client.delete_version(SUBJECT, 9), (404, 40402)),
        (lambda: client.delete_subject("nobodys"), (404, 40401)),
    ):
        with pytest.raises(SchemaRegistryError) as error:
            ask()
        assert refused(error) == expected
    assert client.delete_version(SUBJECT, 1) == 1
    with pytest.raises(SchemaRegistryError) as error:
        client.delete_version(SUBJECT, 1)
    assert refused(error) == (404, 40406)
    fresh = server.client()
    assert fresh.get_versions(SUBJECT) == [2]
    assert fresh.get_versions(SUBJECT, deleted=True) == [1, 2]
    assert fresh.get_versions(SUBJECT, deleted_only=True) == [1]
    with pytest.raises(SchemaRegistryError) as error:
        fresh.get_version(SUBJECT, 1)
    assert refused(error) == (404, 40402)
    assert fresh.get_version(SUBJECT, 1, deleted=True).schema_id == 1
    with pytest.raises(SchemaRegistryError) as error:
        server.client().lookup_schema(SUBJECT, V1)
    assert refused(error) == (404, 40403)
    assert fresh.lookup_schema(SUBJECT, V1, deleted=True).version == 1
    assert fresh.get_schema(1).schema_str == V1.schema_str
    assert client.delete_subject(SUBJECT) == [2]
    with pytest.raises(SchemaRegistryError) as error:
        client.delete_subject(SUBJECT)
    assert refused(error) == (404, 40404)
    assert client.get_subjects() == []
    assert client.get_subjects(deleted=True) == [SUBJECT]
    assert client.get_subjects(deleted_only=True) == [SUBJECT]
    assert client.get_subjects_by_schema_id(1) == []
    assert client.get_subjects_by_schema_id(1, deleted=True) == [SUBJECT]
    assert client.delete_subject(SUBJECT, permanent=True) == [1, 2]
    with pytest.raises(SchemaRegistryError) as error:
        server.client().get_schema(1)
    assert refused(error) == (404, 40403)
    assert server.client().register_schema_full_response(SUBJECT, V1).version == 3


def test_what_is_referred_to_stays(client: SchemaRegistryClient) -> None:
    client.register_schema("order", V1)
    user = Schema(
        '{"type":"record","name":"Basket","fields":[{"name":"first","type":"Order"}]}',
        "AVRO",
        [SchemaReference("Order", "order", 1)],
    )
    basket = client.register_schema("basket", user)
    assert client.get_referenced_by("order", 1) == [basket]
    assert client.get_referenced_by("order", "latest", offset=1) == []
    for delete in (lambda: client.delete_version("order", 1), lambda: client.delete_subject("order")):
        with pytest.raises(SchemaRegistryError, match=f"ids {basket}") as error:
            delete()
        assert refused(error) == (422, 42206)
    with pytest.raises(SchemaRegistryError) as error:
        client.register_schema("basket2", Schema(user.schema_str, "AVRO", [SchemaReference("Order", "order", 7)]))
    assert refused(error) == (422, 42201)


def test_metadata_and_rules_are_kept_and_found(server: RegistryServer, client: SchemaRegistryClient) -> None:
    rule = Rule("r", "", RuleKind.CONDITION, RuleMode.WRITE, "CEL", [], None, "true", "", "", False)
    owned = [Metadata(None, MetadataProperties({"owner & co": name}), []) for name in ("ada/1", "bob")]
    client.register_schema("orders", avro("id", metadata=owned[0], rule_set=RuleSet(None, [rule])))
    client.register_schema("orders", avro("id", metadata=owned[1]))
    fresh = server.client()
    assert fresh.get_versions("orders") == [1, 2]
    found = fresh.get_latest_with_metadata("orders", {"owner & co": "ada/1"})
    assert (found.version, found.schema.metadata) == (1, owned[0])
    rules = found.schema.rule_set
    assert rules is not None
    assert rules.domain_rules == [rule]
    with pytest.raises(SchemaRegistryError) as error:
        fresh.get_latest_with_metadata("orders", {"owner & co": "eve"})
    assert error.value.http_status_code == 404


def test_normal_texts_are_kept_in_place_of_others(client: SchemaRegistryClient) -> None:
    long = Schema('{"type": "record", "name": "Order", "fields": [{"type": "string", "name": "id"}]}', "AVRO")
    short = Schema('{"name":"Order","type":"record","fields":[{"name":"id","type":{"type":"string"}}]}', "AVRO")
    first = client.register_schema("orders", long, normalize_schemas=True)
    assert client.register_schema("orders", short, normalize_schemas=True) == first
    assert client.lookup_schema("orders", short, normalize_schemas=True).schema_id == first
    assert client.get_versions("orders") == [1]


def test_associations(client: SchemaRegistryClient) -> None:
    assert client.get_associations_by_resource_name("orders", "-", "topic", ["value"]) == []
    info = AssociationCreateOrUpdateInfo(subject="chosen", association_type="value", lifecycle="STRONG", schema=V1)
    made = client.create_association(AssociationCreateOrUpdateRequest("orders", "kafka", "id-1", "topic", [info]))
    assert [each.subject for each in made.associations or []] == ["chosen"]
    assert client.get_versions("chosen") == [1]
    [found] = client.get_associations_by_resource_name("orders", "-", "topic", ["value"])
    assert (found.subject, found.resource_id, found.association_type) == ("chosen", "id-1", "value")
    assert client.get_associations_by_resource_name("orders", "kafka", "topic", ["key"]) == []
    client.delete_associations("id-1", "topic", ["value"])
    assert client.get_associations_by_resource_name("orders", "-") == []


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        (Schema("{", "AVRO"), "schema"),
        (Schema("", "AVRO"), "is empty"),
        (Schema('"string"', "XML"), "AVRO, JSON, PROTOBUF"),
        (Schema('{"$ref": "http://169.254.169.254/"}', "JSON"), "169.254.169.254"),
        (Schema('{"$ref": "file:///etc/passwd"}', "JSON"), "etc/passwd"),
        (Schema('{"items":' * 3_000 + "{}" + "}" * 3_000, "JSON"), "deep"),
        (Schema('{"description": "' + "x" * 5_000_00 + '"}', "JSON"), "262144"),
        (Schema('syntax = "proto3"; import "other.proto";', "PROTOBUF"), "other.proto"),
    ],
    ids=["no json", "empty", "type", "metadata service", "file", "deep", "large", "import"],
)
def test_what_is_no_schema_is_refused_with_42201(client: SchemaRegistryClient, schema: Schema, words: str) -> None:
    with pytest.raises(SchemaRegistryError, match=words) as error:
        client.register_schema("orders", schema)
    assert refused(error) == (422, 42201)
    assert client.get_subjects(deleted=True) == []


def test_what_is_not_there_has_its_own_number(client: SchemaRegistryClient) -> None:
    for ask, number in (
        (lambda: client.get_schema(1), 40403),
        (lambda: client.get_schema(2**31), 40403),
        (lambda: client.get_schema_by_guid("00000000-0000-0000-0000-000000000000"), 40403),
        (lambda: client.get_schema_by_guid("x"), 40403),
        (lambda: client.get_versions("orders"), 40401),
        (lambda: client.get_latest_version("orders"), 40401),
        (lambda: client.lookup_schema("orders", V1), 40401),
        (lambda: client.get_referenced_by("orders"), 40401),
        (lambda: client.get_subjects_by_schema_id(7), 40403),
    ):
        with pytest.raises(SchemaRegistryError) as error:
            ask()
        assert refused(error) == (404, number)
    with pytest.raises(SchemaRegistryError) as error:
        client.get_version("orders", "first")  # type: ignore[arg-type]
    assert refused(error) == (422, 42202)
    with pytest.raises(SchemaRegistryError) as error:
        client.register_schema("a\tb", V1)
    assert refused(error) == (422, 42208)


def test_known_schemas_are_registered_and_read_while_the_store_is_away(
    server: RegistryServer, client: SchemaRegistryClient
) -> None:
    client.register_schema("orders", V1)
    for method in ("schemas.subject", "schemas.register", "schemas.by_id", "schemas.rules", "registry.namespace"):
        server.trips.before[method] = Unavailable("the store did not answer")
    fresh = server.client()
    assert fresh.register_schema("orders", V1) == 1
    assert fresh.get_schema(1).schema_str == V1.schema_str
    with pytest.raises(SchemaRegistryError) as error:
        fresh.register_schema("orders", V2)
    assert refused(error) == (503, 50001)


def test_tokens_come_as_a_password_or_by_themselves(server: RegistryServer) -> None:
    server.fresh(asks=True)
    blue, green = server.token("admin", "blue"), server.token("viewer", "green")
    ours = server.client(**{"basic.auth.user.info": f"anybody:{blue}"})
    assert ours.register_schema("orders", V1) == 1
    theirs = server.client(
        **{
            "bearer.auth.credentials.source": "STATIC_TOKEN",
            "bearer.auth.token": green,
            "bearer.auth.logical.cluster": "cluster",
            "bearer.auth.identity.pool.id": "pool",
        }
    )
    assert theirs.get_subjects() == [], "a token's only namespace is its own"
    with pytest.raises(SchemaRegistryError) as error:
        theirs.get_schema(1)
    assert refused(error) == (404, 40403)
    with pytest.raises(SchemaRegistryError, match="as viewer") as error:
        theirs.register_schema("orders", V1)
    assert refused(error) == (403, 403)
    for info in ("anybody:nonsense", "anybody:"):
        with pytest.raises(SchemaRegistryError) as error:
            server.client(**{"basic.auth.user.info": info}).get_subjects()
        assert refused(error) == (401, 401)
    with pytest.raises(SchemaRegistryError) as error:
        server.client().get_subjects()
    assert refused(error) == (401, 401)


def test_a_namespace_can_be_named_in_the_path(server: RegistryServer) -> None:
    server.fresh(asks=True)
    both, every = server.token("admin", "blue", "green"), server.token("admin")

    def client(token: str, path: str = "") -> SchemaRegistryClient:
        return server.client(path, **{"basic.auth.user.info": f"x:{token}"})

    client(both, "/blue").register_schema("orders", V1)
    assert client(both, "/blue/").get_subjects() == ["orders"]
    assert client(both, "/green").get_subjects() == []
    with pytest.raises(SchemaRegistryError, match="for several") as error:
        client(both).get_subjects()
    assert error.value.http_status_code == 422
    assert client(every).get_subjects() == []
    assert client(every, "/blue").get_subjects() == ["orders"]
    with pytest.raises(SchemaRegistryError) as error:
        client(both, "/red").get_subjects()
    assert refused(error) == (403, 403)
