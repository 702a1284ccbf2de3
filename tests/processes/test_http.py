"""A real frontend over HTTP: the example, what is wrong and is told so, and a document that says what is served."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import httpx
import jsonschema_rs
import pytest

from penstock.server.http.openapi import openapi
from tests.layers.http_bench import problem
from tests.processes.cli_runner import PATIENCE_S, clean_environment
from tests.processes.platform_fixture import Platform, Server, platform

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["platform"]

FOLDER: Final = Path(__file__).parents[2] / "examples" / "http"


@pytest.fixture(scope="module")
def client(platform: Platform) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=platform.http_url, timeout=PATIENCE_S) as client:
        yield client


def schedule(client: httpx.Client, *payloads: Any, **more: Any) -> httpx.Response:
    group = {"lambda": "web.work", "payloads": list(payloads), **more}
    return client.post("/v1/tasks", json={"groups": [group]})


def test_the_example(platform: Platform, tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    command = [sys.executable, "-m", "penstock.cli", "worker", "shop:app"]
    worker = Server("worker", command, {"PENSTOCK_ADDRESS": platform.address}, tmp_path)
    try:
        done = subprocess.run(
            [sys.executable, "client.py", "order-of-http"],
            cwd=tmp_path,
            env=clean_environment(HTTP_URL=platform.http_url),
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
    finally:
        worker.stop()
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "scheduled once: True",
        "success 42",
        "found by its attribute: True",
        "2 events, 0 of them known",
        "2 events, 2 of them known",
        "order.placed {'total': 42}",
        "order.paid None",
    ]


def test_a_task_over_http_is_the_task_of_everybody_else(platform: Platform, client: httpx.Client) -> None:
    [task_id] = schedule(client, {"n": 1}, keys=["http-1"], priority="low").json()["task_ids"]
    task = client.get(f"/v1/tasks/{task_id}", params={"with_payload": True, "with_family": True}).json()
    assert (task["task_id"], task["status"], task["payload"]) == (task_id, "held", {"n": 1})
    assert (task["priority"], task["lambda"], task["family"]["children"]) == ("low", "web.work", 0)
    assert task["created_at"].endswith("Z")
    assert (task["started_at"], task["result"], task["gate"]) == (None, None, None)
    done = subprocess.run(
        [sys.executable, "-m", "penstock.cli", "tasks", "show", task_id, "--json"],
        env=clean_environment(PENSTOCK_ADDRESS=platform.address),
        capture_output=True,
        text=True,
        check=True,
    )
    shown = json.loads(done.stdout)
    for name in ("status", "created_at", "payload", "priority", "collection", "attempts"):
        assert shown[name] == task[name]
    assert client.post(f"/v1/tasks/{task_id}/cancel").json()["status"] == "cancelled"


def test_the_same_key_with_another_payload_is_a_conflict_that_names_the_first(client: httpx.Client) -> None:
    [first] = schedule(client, {"n": 1}, keys=["http-2"]).json()["task_ids"]
    assert schedule(client, {"n": 1}, keys=["http-2"]).json()["task_ids"] == [first]
    told = problem(schedule(client, {"n": 2}, keys=["http-2"]))
    assert (told["status"], told["code"]) == (409, "already_exists")
    assert first in told["detail"]


def test_bad_ones_among_many_are_named_and_good_ones_stored(client: httpx.Client) -> None:
    reply = schedule(client, {"n": 1}, [1], {"n": 2}).json()
    assert [each is None for each in reply["task_ids"]] == [False, True, False]
    assert [(each["index"], each["code"]) for each in reply["problems"]] == [(1, "invalid")]


@pytest.mark.parametrize(
    ("path", "body", "status", "told"),
    [
        ("/v1/tasks", {"groups": [{"lambda": "../x", "payloads": [{}]}]}, 400, "lambda"),
        ("/v1/tasks", {"groups": [{"lambda": "Web.Work", "payloads": [{}]}]}, 400, "lambda"),
        ("/v1/tasks", {"groups": [{"lambda": "web.*", "payloads": [{}]}]}, 400, "lambda"),
        ("/v1/tasks", {"groups": [{"lambda": "web.work", "payloads": [1]}]}, 400, "payload"),
        ("/v1/tasks", {"groups": [{"lambda": "web.work", "payloads": [{}] * 10_001}]}, 400, "10000"),
        ("/v1/tasks", {"groups": [{"lambda": "web.work", "payloads": [{"x": "y" * 300_000}]}]}, 400, "262144"),
        (
            "/v1/tasks",
            {"groups": [{"lambda": "a.b", "payloads": [{}], "due_at": ["9999-01-01T00:00:00Z"]}]},
            400,
            "366",
        ),
        (
            "/v1/tasks",
            {"groups": [{"lambda": "a.b", "payloads": [{}], "due_at": ["2026-01-01T00:00:00Z"], "delay_s": [1]}]},
            400,
            "delay",
        ),
        (
            "/v1/tasks",
            {"groups": [{"lambda": "a.b", "payloads": [{}]}], "request_token": "short"},
            400,
            "request_token",
        ),
        ("/v1/tasks?namespace=..%2f", {"groups": []}, 400, "namespace"),
        ("/v1/periodic", {"definition": {"name": "x", "lambda": "a.b", "cron": "0 0 30 2 *"}}, 400, "cron"),
        ("/v1/periodic", {"definition": {"name": "x", "lambda": "a.b", "cron": "@reboot"}}, 400, "cron"),
        ("/v1/periodic", {"definition": {"name": "x", "lambda": "a.b", "cron": "* " * 200}}, 400, "cron"),
        (f"/v1/tasks/{uuid.UUID(int=7)}/cancel", {}, 404, "no task"),
        (f"/v1/tasks/{uuid.UUID(int=7)}/retry", {}, 404, "no task"),
        ("/v1/streams/no-such/refresh", {"asked_by": "ada"}, 404, "no-such"),
        ("/v1/sweeps", {"kind": "purge"}, 400, ""),
        ("/v1/tokens", {"name": "x", "role": "emperor", "namespaces": ["*"]}, 400, "role"),
    ],
)
def test_what_the_services_refuse_is_told_as_over_grpc(
    client: httpx.Client, path: str, body: Any, status: int, told: str
) -> None:
    refused = problem(client.post(path, json=body))
    assert refused["status"] == status, refused
    assert told in refused["detail"]
    assert "Traceback" not in refused["detail"]


def test_page_tokens_are_signed_and_stay_in_their_namespace(client: httpx.Client) -> None:
    for number in range(3):
        client.post("/v1/tasks?namespace=pages", json={"groups": [{"lambda": "web.work", "payloads": [{"n": number}]}]})
    page = client.get("/v1/tasks", params={"namespace": "pages", "page_size": 2}).json()
    token = page["next_page_token"]
    rest = client.get("/v1/tasks", params={"namespace": "pages", "page_size": 2, "page_token": token}).json()
    assert (len(page["tasks"]), len(rest["tasks"]), rest["next_page_token"]) == (2, 1, "")
    for namespace, forged in (("pages", token[:-2] + "xx"), ("pages", "x"), ("default", token)):
        reply = client.get("/v1/tasks", params={"namespace": namespace, "page_token": forged})
        assert problem(reply)["status"] == 400


def test_the_document_is_served_and_metrics_count(client: httpx.Client) -> None:
    assert client.get("/openapi.json").json() == openapi()
    text = client.get("/metrics").text
    assert "penstock_tasks_stored_total" in text
    assert 'penstock_grpc_requests_total{code="OK",method="GetServerInfo"}' in text


def test_replies_are_what_the_document_says(client: httpx.Client) -> None:
    [task_id] = schedule(client, {"n": 1}, priority="high", attributes={"a": "b"}).json()["task_ids"]
    event = {"specversion": "1.0", "id": "1", "source": "/s", "type": "t", "subject": "a", "data": {"n": 1}}
    sent = client.post(
        "/v1/streams/described/events", json=event, headers={"content-type": "application/cloudevents+json"}
    )
    assert sent.status_code == 200
    periodic = {"name": "described", "lambda": "web.work", "cron": "0 9 * * *", "payload": {"n": 1}}
    assert client.post("/v1/periodic", json={"definition": periodic}).status_code == 200
    assert client.post("/v1/lambdas", json={"lambdas": [{"name": "web.described"}]}).status_code == 200
    gate = {"state": "pause", "for_s": 3_600, "reason": "to see it", "who": "ada"}
    assert client.put("/v1/lambdas/web.described/gate", json=gate).status_code == 200
    document = openapi()
    for path, template in (
        (f"/v1/tasks/{task_id}?with_payload=true&with_history=true&with_family=true", "/v1/tasks/{task_id}"),
        (f"/v1/tasks/{task_id}/explanation", "/v1/tasks/{task_id}/explanation"),
        (f"/v1/tasks/{task_id}/tree", "/v1/tasks/{task_id}/tree"),
        ("/v1/tasks?attributes=a=b", "/v1/tasks"),
        ("/v1/lanes", "/v1/lanes"),
        ("/v1/gates", "/v1/gates"),
        ("/v1/gates/history", "/v1/gates/history"),
        ("/v1/periodic", "/v1/periodic"),
        ("/v1/periodic/described", "/v1/periodic/{name}"),
        ("/v1/periodic/described/ticks?count=3", "/v1/periodic/{name}/ticks"),
        ("/v1/streams", "/v1/streams"),
        ("/v1/streams/described/events", "/v1/streams/{stream}/events"),
        ("/v1/streams/described/subjects", "/v1/streams/{stream}/subjects"),
        ("/v1/info", "/v1/info"),
    ):
        reply = client.get(path)
        assert reply.status_code == 200, (path, reply.text)
        told = document["paths"][template]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        schema = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            **told,
            "components": document["components"],
        }
        errors = [f"{path}: {each}" for each in jsonschema_rs.validator_for(schema).iter_errors(reply.json())]
        assert not errors
        [(_, first)] = [*reply.json().items()][:1]
        assert first, f"{path} shows nothing"


@pytest.mark.slow
def test_no_request_that_the_document_allows_or_forbids_is_a_failure_of_ours(
    platform: Platform, tmp_path: Path
) -> None:
    checks = "not_a_server_error,response_schema_conformance,content_type_conformance,status_code_conformance"
    done = subprocess.run(
        [
            *(Path(sys.executable).parent / "schemathesis", "run", f"{platform.http_url}/openapi.json"),
            *("--checks", checks, "--max-examples", "10", "--phases", "coverage,fuzzing", "--seed", "1"),
            *("--suppress-health-check", "all"),
        ],
        cwd=tmp_path,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=10 * PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6_000:]
