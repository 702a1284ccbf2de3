"""The registry's REST interface, asked without a client's help: statuses, numbers, and paths as they come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from penstock.model.access import ANYBODY, Caller, Role
from penstock.model.errors import InvalidInput, Unavailable
from penstock.server.http.registry.entrance import namespace_of
from tests.layers.registry_server import RegistryServer

if TYPE_CHECKING:
    from collections.abc import Iterator

STRING = {"schema": '"string"'}


@pytest.fixture(scope="module")
def server() -> Iterator[RegistryServer]:
    with RegistryServer() as server:
        yield server


@pytest.fixture
def http(server: RegistryServer) -> Iterator[httpx.Client]:
    server.fresh()
    with httpx.Client(base_url=server.url) as http:
        yield http


def test_a_caller_acts_for_its_only_namespace_or_the_default_one() -> None:
    def caller(*namespaces: str) -> Caller:
        return Caller("id", "ci", Role.ADMIN, namespaces)

    assert namespace_of(ANYBODY) == "default"
    assert namespace_of(caller("blue", "default")) == "default"
    assert [namespace_of(caller(each)) for each in ("*", "default")] == ["default", "default"]
    assert namespace_of(caller("blue")) == "blue"
    with pytest.raises(InvalidInput, match="/registry/blue/subjects"):
        namespace_of(caller("blue", "green"))


def test_producers_are_answered_about_associations_that_nobody_made(http: httpx.Client) -> None:
    answer = http.get("/associations/resources/-/orders?resourceType=topic&associationType=value")
    assert (answer.status_code, answer.json()) == (200, [])
    assert answer.headers["content-type"] == "application/vnd.schemaregistry.v1+json"


def test_names_are_decoded_one_by_one(http: httpx.Client) -> None:
    answer = http.post("/subjects/a%2Fb%20c%252F/versions?normalize=False", json=STRING)
    assert (answer.status_code, answer.json().get("subject")) == (200, "a/b c%2F")
    assert http.get("/subjects/").json() == ["a/b c%2F"]
    assert http.get("/subjects/a/b/versions").json()["error_code"] == 404
    assert http.get("/subjects?deleted=True").json() == ["a/b c%2F"]


def test_schemas_can_be_had_as_text_alone(http: httpx.Client) -> None:
    http.post("/subjects/a/versions", json=STRING)
    assert http.get("/schemas/ids/1/schema").json() == '"string"'
    for version in ("1", "latest", "-1"):
        assert http.get(f"/subjects/a/versions/{version}/schema").json() == '"string"'
    assert http.get("/schemas/ids/1?format=serialized").json()["error_code"] == 422
    proto = {"schemaType": "PROTOBUF", "schema": 'syntax = "proto3"; message A { string b = 1; }'}
    http.post("/subjects/p/versions", json=proto)
    serialized = http.get("/schemas/ids/2?format=serialized").json()["schema"]
    assert http.get("/schemas/ids/2/schema").json() == proto["schema"]
    again = http.post("/subjects/q/versions", json=proto | {"schema": serialized}).json()
    assert "message A" in again["schema"], "what came in its binary form is kept as text"


def test_what_is_compared_is_told_when_it_is_asked_for(http: httpx.Client) -> None:
    http.post("/subjects/a/versions", json=STRING)
    path = "/compatibility/subjects/a/versions/latest"
    assert http.post(path, json={"schema": '"long"'}).json() == {"is_compatible": False}
    told = http.post(f"{path}?verbose=true", json={"schema": '"long"'}).json()
    assert told["is_compatible"] is False
    assert "version 1" in told["messages"][0]
    assert http.post(f"{path}?verbose=true", json=STRING).json() == {"is_compatible": True, "messages": []}


def test_what_is_said_of_all_is_told_for_a_subject_when_it_is_asked_for(http: httpx.Client) -> None:
    for what, word in (("config", {"compatibilityLevel": "BACKWARD"}), ("mode", {"mode": "READWRITE"})):
        assert http.get(f"/{what}/a").status_code == 404
        assert http.get(f"/{what}/a?defaultToGlobal=true").json() == word
        assert http.get(f"/{what}").json() == word


def test_known_schemas_are_answered_while_the_store_is_away(server: RegistryServer, http: httpx.Client) -> None:
    known = http.post("/subjects/a/versions", json=STRING).json()
    assert http.get("/associations/resources/-/a").json() == []
    for port in ("schemas", "registry"):
        for method in dir(getattr(server.store, port)):
            server.trips.before[f"{port}.{method}"] = Unavailable("the store did not answer")
    asked = [
        http.post("/subjects/a/versions", json=STRING),
        http.post("/subjects/a", json=STRING),
        http.get("/associations/resources/-/a"),
        http.get("/subjects/a/versions/latest"),
        http.get(f"/schemas/ids/{known['id']}"),
        http.get("/subjects/b/versions/latest"),
    ]
    assert [each.status_code for each in asked] == [200, 200, 200, 200, 200, 503]
    assert asked[-1].json() == {"error_code": 50001, "message": "the store did not answer"}
    assert asked[-1].headers["retry-after"] == "1"


def test_a_defect_of_the_server_is_told_without_its_insides(server: RegistryServer, http: httpx.Client) -> None:
    server.trips.before["schemas.subject"] = KeyError("secret")
    answer = http.post("/subjects/a/versions", json=STRING)
    assert (answer.status_code, answer.json()["error_code"]) == (500, 500)
    assert "secret" not in answer.text
