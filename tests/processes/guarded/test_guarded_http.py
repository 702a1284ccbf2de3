"""HTTP of a guarded server: the same certificates, tokens, namespaces and audit."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import httpx
import pytest

from penstock.wire.v1 import penstock_pb2 as pb
from tests.layers.http_bench import problem
from tests.processes.guarded.platform import PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.processes.guarded.platform import GuardedPlatform


def trusting(guarded: GuardedPlatform) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=guarded.authority.ca_file)


@pytest.fixture
def url(guarded: GuardedPlatform) -> str:
    found: str = guarded.admin.ask("GetServerInfo", pb.GetServerInfoRequest()).facts["http"]
    assert found.startswith("https://127.0.0.1:")
    return found


@pytest.fixture
def client(guarded: GuardedPlatform, url: str) -> Iterator[httpx.Client]:
    context = trusting(guarded)
    context.load_cert_chain(guarded.authority.certificate("client"), guarded.authority.key("client"))
    with httpx.Client(base_url=url, verify=context, timeout=PATIENCE_S) as client:
        yield client


def test_who_has_no_certificate_is_not_heard(guarded: GuardedPlatform, url: str) -> None:
    with httpx.Client(verify=trusting(guarded), timeout=PATIENCE_S) as client, pytest.raises(httpx.TransportError):
        client.get(f"{url}/livez")


def test_probes_need_no_token_and_everything_else_does(guarded: GuardedPlatform, client: httpx.Client) -> None:
    for path in ("/livez", "/readyz", "/openapi.json"):
        assert client.get(path).status_code == 200
    for path in ("/metrics", "/v1/tasks", "/v1/info", "/v1/tokens"):
        assert problem(client.get(path))["code"] == "unauthenticated"
    shown = {"authorization": f"Bearer {guarded.make('viewer', 'blue').token}"}
    assert client.get("/metrics", headers=shown).status_code == 200
    assert client.get("/v1/tasks?namespace=blue", headers=shown).status_code == 200
    assert problem(client.get("/v1/tasks?namespace=green", headers=shown))["code"] == "permission_denied"
    assert problem(client.get("/v1/tokens", headers=shown))["code"] == "permission_denied"


def test_events_go_where_their_token_may(guarded: GuardedPlatform, client: httpx.Client) -> None:
    event = {"specversion": "1.0", "id": "1", "source": "/s", "type": "t"}
    told = {"content-type": "application/cloudevents+json"}
    path, shown = (
        "/v1/streams/guarded-http/events",
        {"authorization": f"Bearer {guarded.make('producer', 'blue').token}"},
    )
    assert client.post(f"{path}?namespace=blue", json=event, headers={**told, **shown}).status_code == 200
    for namespace in ("green", ""):
        refused = client.post(path, params={"namespace": namespace}, json=event, headers={**told, **shown})
        assert problem(refused)["code"] == "permission_denied"
    read = {"authorization": f"Bearer {guarded.make('viewer', 'blue').token}"}
    assert problem(client.post(f"{path}?namespace=blue", json=event, headers={**told, **read}))["status"] == 403
    assert len(client.get(f"{path}?namespace=blue", headers=read).json()["events"]) == 1


def test_a_token_that_is_made_over_http_opens_grpc_and_is_named_in_the_audit(
    guarded: GuardedPlatform, client: httpx.Client
) -> None:
    shown = {"authorization": f"Bearer {guarded.admin.token}"}
    body = {"name": "by-http", "role": "viewer", "namespaces": ["blue"]}
    made = guarded.caller(client.post("/v1/tokens", json=body, headers=shown).json()["text"])
    assert made.ask("ListTasks", pb.ListTasksRequest(namespace="blue")) is not None
    assert client.delete(f"/v1/tokens/{made.id}", headers=shown).json()["revoked_at"] is not None
    assert any(
        "CreateToken of token 'by-http'" in line and "from ipv4:127.0.0.1:" in line for line in guarded.server.lines
    )
