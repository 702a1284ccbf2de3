"""Rows 10, 34, 59: below the calls. Bombs, broken messages, unknown methods, metadata, health, reflection."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from penstock.wire.v1 import penstock_pb2 as pb
from penstock.wire.v1 import penstock_pb2_grpc as pb_grpc
from tests.processes.bad_input.calls import INVALID, PATIENCE_S, group, one, refusal

if TYPE_CHECKING:
    from tests.processes.platform_fixture import Platform

MIB = 1024 * 1024
BOMB_BYTES = 64 * MIB
GROUP_START = b"\x0b"
pytestmark = pytest.mark.usefixtures("unchanged")


def raw(channel: grpc.Channel, method: str) -> Any:
    return channel.unary_unary(method)


@pytest.mark.parametrize(
    "method",
    [
        *(f"Frontend/{each}" for each in ("Schedule", "GetTask", "ListTasks", "RegisterLambdas", "AwaitTasks")),
        *(f"Orchestrator/{each}" for each in ("Heartbeat", "SetResults")),
    ],
)
@pytest.mark.parametrize(
    "message",
    [b"\xff\xff", b"\x0a\x02\xff\xfe", b"\x0a\x7f", GROUP_START * 100_000, b"\x0a\xff\xff\xff\xff\x0f"],
    ids=["no fields", "no UTF-8", "truncated", "groups in groups", "4 GiB announced"],
)
def test_what_is_no_message_is_refused_without_a_stack_trace(platform: Platform, method: str, message: bytes) -> None:
    role = method.partition("/")[0].lower()
    channel = platform.frontend_channel if role == "frontend" else platform.orchestrator_channel
    if method.startswith("Orchestrator") and message == b"\x0a\x02\xff\xfe":
        message = b"\x0a\x03\xff\xfe\xfd"  # their first field is a text as well
    status, sentence = refusal(raw(channel, f"/penstock.v1.{method}"), message)
    assert status is INVALID
    assert sentence.startswith("request: is no message of penstock.v1: ")
    assert "Traceback" not in platform.log(role)


def test_fields_of_a_later_release_are_passed_over(platform: Platform) -> None:
    request = pb.GetServerInfoRequest().SerializeToString() + b"\x92\x3e\x01a"
    reply = raw(platform.frontend_channel, "/penstock.v1.Frontend/GetServerInfo")(request, timeout=PATIENCE_S)
    assert pb.GetServerInfoReply.FromString(reply).version


@pytest.mark.parametrize(
    "method", ["/penstock.v1.Frontend/Nothing", "/penstock.v1.Orchestrator/SetResults", "/nobody.v1.Nowhere/Nothing"]
)
def test_an_unknown_method(platform: Platform, method: str) -> None:
    assert refusal(raw(platform.frontend_channel, method), b"").status is grpc.StatusCode.UNIMPLEMENTED


@pytest.mark.parametrize(
    "metadata",
    [[(f"key-{at}", "v" * 20) for at in range(1_000)], [("key", "v" * MIB)]],
    ids=["1,000 keys", "1 MiB in one"],
)
def test_metadata_over_its_limit(platform: Platform, metadata: list[tuple[str, str]]) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        platform.frontend.GetServerInfo(pb.GetServerInfoRequest(), metadata=metadata, timeout=PATIENCE_S)
    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert platform.frontend.GetServerInfo(pb.GetServerInfoRequest(), timeout=PATIENCE_S).version


def test_a_gzip_bomb_is_refused_and_never_unpacked(platform: Platform) -> None:
    """The highest that the process's memory ever stood is what the kernel remembers."""
    before = peak_bytes(platform.pid("frontend"))
    with grpc.insecure_channel(platform.address, options=[("grpc.max_send_message_length", -1)]) as channel:
        bomb = one(group(b" " * BOMB_BYTES + b"{}"))
        status, sentence = refusal(pb_grpc.FrontendStub(channel).Schedule, bomb, compression=grpc.Compression.Gzip)
    assert status is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert "larger than max" in sentence
    assert peak_bytes(platform.pid("frontend")) - before < 32 * MIB


def test_small_compressed_messages_are_read(platform: Platform) -> None:
    reply = platform.frontend.ListTasks(pb.ListTasksRequest(page_size=1), compression=grpc.Compression.Gzip)
    assert len(reply.tasks) <= 1


def test_health_is_open_to_all(platform: Platform) -> None:
    for channel, service in (
        (platform.frontend_channel, "penstock.v1.Frontend"),
        (platform.orchestrator_channel, "penstock.v1.Orchestrator"),
    ):
        health: Any = health_pb2_grpc.HealthStub(channel)
        for name in ("", service):
            reply = health.Check(health_pb2.HealthCheckRequest(service=name), timeout=PATIENCE_S)
            assert reply.status == health_pb2.HealthCheckResponse.SERVING
        with pytest.raises(grpc.RpcError) as caught:
            health.Check(health_pb2.HealthCheckRequest(service="nobody.v1.Nowhere"), timeout=PATIENCE_S)
        assert caught.value.code() is grpc.StatusCode.NOT_FOUND


def test_reflection_answers_on_loopback(platform: Platform) -> None:
    stub: Any = reflection_pb2_grpc.ServerReflectionStub(platform.frontend_channel)
    ask = reflection_pb2.ServerReflectionRequest(list_services="")
    [reply] = stub.ServerReflectionInfo(iter([ask]), timeout=PATIENCE_S)
    assert "penstock.v1.Frontend" in {service.name for service in reply.list_services_response.service}


def peak_bytes(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("the kernel does not tell")
