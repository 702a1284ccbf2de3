"""A real server on a public address: TLS, tokens from the command line, a worker, an app, and what logs never say."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from penstock import App, NotAuthenticated, NotPermitted
from penstock.cli.main import run
from penstock.server.token_book import TRUSTED_S
from penstock.wire.v1 import penstock_pb2 as pb
from penstock.wire.v1 import penstock_pb2_grpc as pb_grpc
from tests.processes.cli_runner import running
from tests.processes.guarded.authority import Authority
from tests.processes.guarded.platform import PATIENCE_S, GuardedPlatform
from tests.processes.guarded.test_isolation import working

if TYPE_CHECKING:
    from collections.abc import Iterator

STRANGER = grpc.StatusCode.UNAUTHENTICATED
APP = Path(__file__).with_name("guarded_app.py")


@pytest.fixture
def client(guarded: GuardedPlatform, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """`client(token)` is an app of this process that shows it."""
    apps = []

    def made(token: str, namespace: str = "blue") -> App:
        monkeypatch.delenv("PENSTOCK_TOKEN", raising=False)
        for name, value in guarded.environment(token).items():
            monkeypatch.setenv(name, value)
        app = App("guarded", namespace=namespace, timeout=20)
        apps.append(app)
        return app

    yield made
    for app in apps:
        app.close()


@pytest.fixture
def served(guarded: GuardedPlatform) -> Iterator[None]:
    """A worker of blue's serves `guarded_app`."""
    shutil.copy(APP, guarded.folder)
    file = guarded.folder / "worker.token"
    file.write_text(guarded.make("worker", "blue").token + "\n")
    environment = {
        **guarded.environment(),
        "PENSTOCK_TOKEN_FILE": str(file),
        "PENSTOCK_NAMESPACE": "blue",
        "PENSTOCK_LOG_LEVEL": "DEBUG",
    }
    command = [sys.executable, "-m", "penstock.cli", "worker", "guarded_app:app"]
    with running(command, guarded.folder, **environment) as worker:
        yield
        assert worker.end(15) == 0
        _assert_tells_no_secret(guarded, "\n".join(worker.lines))


@pytest.mark.usefixtures("served")
def test_a_worker_and_an_app_with_tokens_over_mutual_tls(guarded: GuardedPlatform, client: Any) -> None:
    app = client(guarded.make("producer", "blue").token)
    assert app.lambda_("guarded.four_times").schedule_sync(number=5).result_sync(timeout=PATIENCE_S) == 20


def test_an_app_is_told_at_once_that_it_is_not_let_in(guarded: GuardedPlatform, client: Any) -> None:
    viewer = guarded.make("viewer", "blue")
    with pytest.raises(NotPermitted, match="Schedule may not be called as viewer"):
        client(viewer.token).lambda_("guarded.double").schedule_sync(number=1)
    with pytest.raises(NotPermitted, match="not for the namespace 'green'"):
        client(guarded.make("producer", "blue").token, "green").lambda_("guarded.double").schedule_sync(number=1)
    with pytest.raises(NotAuthenticated, match="no token came"):
        client("").lambda_("guarded.double").schedule_sync(number=1)


def test_a_worker_with_a_token_that_is_not_good_ends_with_the_reason(guarded: GuardedPlatform) -> None:
    shutil.copy(APP, guarded.folder)
    for token, words in (
        (guarded.make("producer", "blue").token, "RegisterLambdas may not be called as producer"),
        (f"penstock_{'0' * 16}_{'0' * 64}", "not known here"),
    ):
        done = guarded.run("worker", "guarded_app:app", "--namespace=blue", token=token)
        assert done.returncode == 1
        assert words in done.stderr.splitlines()[-1]
        assert "Traceback" not in done.stderr
        assert token.split("_")[2] not in done.stderr


def test_without_the_right_certificates_nobody_connects(guarded: GuardedPlatform, authority: Authority) -> None:
    others = Authority(authority.folder.parent / "others", "others")
    others.sign("client")
    ours, theirs = [Path(each.ca_file).read_bytes() for each in (authority, others)]
    foreign = [Path(file).read_bytes() for file in (others.key("client"), others.certificate("client"))]
    own = [Path(file).read_bytes() for file in (authority.key("client"), authority.certificate("client"))]
    for channel in (
        grpc.insecure_channel(guarded.address),
        grpc.secure_channel(guarded.address, grpc.ssl_channel_credentials(ours)),  # no certificate of its own
        grpc.secure_channel(guarded.address, grpc.ssl_channel_credentials(ours, *foreign)),
        grpc.secure_channel(guarded.address, grpc.ssl_channel_credentials(theirs, *own)),
        grpc.secure_channel(guarded.address, grpc.ssl_channel_credentials(None, *own)),
    ):
        stub: Any = pb_grpc.FrontendStub(channel)
        with pytest.raises(grpc.RpcError) as caught:
            stub.GetServerInfo(pb.GetServerInfoRequest(), metadata=guarded.admin.metadata, timeout=PATIENCE_S)
        channel.close()
        assert caught.value.code() is grpc.StatusCode.UNAVAILABLE


def test_health_is_for_all_and_reflection_for_who_is_known(guarded: GuardedPlatform) -> None:
    viewer = guarded.make("viewer", "blue")
    for channel in (guarded.frontend_channel, guarded.orchestrator_channel):
        health: Any = health_pb2_grpc.HealthStub(channel)
        assert health.Check(health_pb2.HealthCheckRequest()).status == health_pb2.HealthCheckResponse.SERVING
        reflection: Any = reflection_pb2_grpc.ServerReflectionStub(channel)
        asked = reflection_pb2.ServerReflectionRequest(list_services="")
        with pytest.raises(grpc.RpcError) as caught:
            list(reflection.ServerReflectionInfo(iter([asked]), timeout=PATIENCE_S))
        assert caught.value.code() is STRANGER
        answer = list(reflection.ServerReflectionInfo(iter([asked]), metadata=viewer.metadata, timeout=PATIENCE_S))
        assert any(each.name.startswith("penstock.v1.") for each in answer[0].list_services_response.service)


def test_a_revoked_worker_is_stopped_also_on_its_open_stream(guarded: GuardedPlatform) -> None:
    worker = guarded.make("worker", "blue")
    with working(worker, "blue", "revoked", 1) as replies:
        assert next(replies).lease_s
        revoked = guarded.cli("tokens", "revoke", worker.token, "--json", token=guarded.admin.token)
        assert json.loads(revoked)["id"] == worker.id
        assert json.loads(revoked)["revoked_by"] == f"root ({guarded.admin.id})"
        with pytest.raises(grpc.RpcError) as caught:
            list(replies)
    assert caught.value.code() is STRANGER
    assert "was revoked" in (caught.value.details() or "")
    guarded.server.wait_for(f"({worker.id}) was revoked")
    while worker.status("GetServerInfo", pb.GetServerInfoRequest()) is not STRANGER:
        pass  # within `TRUSTED_S`, which the layer's tests hold to the moment
    assert TRUSTED_S <= 5


def test_tokens_by_the_command_line(guarded: GuardedPlatform) -> None:
    admin = guarded.admin.token
    made = guarded.run("tokens", "create", "ci", "--role=producer", "--namespace=blue", "--expires=90d", token=admin)
    assert made.returncode == 0
    caller = guarded.caller(made.stdout.strip())
    assert re.fullmatch(r"penstock_[0-9a-f]{16}_[0-9a-f]{64}\n", made.stdout)
    assert f"ci ({caller.id}): producer of blue, good until " in made.stderr
    assert caller.token not in made.stderr
    assert caller.status("ListTasks", pb.ListTasksRequest(namespace="blue")) is grpc.StatusCode.OK

    listed = guarded.run("tokens", "list", token=admin)
    [line] = [line for line in listed.stdout.splitlines() if caller.id in line]
    assert line.split()[:5] == [caller.id, "ci", "producer", "good", "until"]
    assert f"root ({guarded.admin.id})" in line
    assert caller.token.split("_")[2] not in listed.stdout + listed.stderr
    by_store = json.loads(guarded.cli("tokens", "list", "--at-store", "--json"))
    [one] = [each for each in by_store if each["id"] == caller.id]
    assert (one["name"], one["namespaces"], one["revoked_at"]) == ("ci", ["blue"], None)
    assert "token" not in one
    [first] = [each for each in by_store if each["id"] == guarded.admin.id]
    assert first["created_by"] == "store"


@pytest.mark.parametrize(
    ("command", "code", "words"),
    [
        ("create ci", 2, "--role"),
        ("create ci --role=king", 2, "king"),
        ("create CI --role=viewer", 2, "name: 'CI' is not a name"),
        ("create ci --role=viewer --namespace=Blue", 2, "namespaces: 'Blue' is not a name"),
        ("create ci --role=viewer --expires=soon", 2, "--expires: 'soon' is no length of time"),
        ("create ci --role=viewer --expires=0s", 2, "is over at once"),
        ("create ci --role=viewer --expires=99999d", 2, "use 0 for never"),
        ("create ci --role=viewer --at-store --address=127.0.0.1:1", 2, "exclude each other"),
        ("revoke", 2, "ID"),
        ("revoke 0123456789abcdef", 1, "no token '0123456789abcdef'; `penstock tokens list` shows the ids"),
        (f"revoke penstock_{'0' * 16}_{'1' * 64}", 1, f"no token '{'0' * 16}'"),
    ],
)
def test_bad_commands_about_tokens_make_and_change_nothing(
    guarded: GuardedPlatform,
    command: str,
    code: int,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in guarded.environment(guarded.admin.token).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(guarded.folder)
    rows = "select id, name, revoked_at from penstock.access_token order by id"
    before = guarded.rows(rows)
    assert run(["tokens", *command.split()]) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("error: ")
    assert said.err.count("\n") == 1
    assert words in said.err
    assert "1" * 64 not in said.err
    assert guarded.rows(rows) == before


def test_the_doctor_looks_as_we_are_and_shows_no_token(guarded: GuardedPlatform) -> None:
    viewer = guarded.make("viewer", "blue")
    done = guarded.run("doctor", token=viewer.token)
    assert re.search(r"ok +frontend +answers", done.stdout)
    assert "PENSTOCK_TOKEN" in done.stdout
    assert viewer.token.split("_")[2][:16] not in done.stdout + done.stderr


def test_raw_calls_about_tokens_that_are_wrong(guarded: GuardedPlatform) -> None:
    before = guarded.rows("select id, name, revoked_at from penstock.access_token order by id")
    good: dict[str, Any] = {"name": "ci", "role": "viewer", "namespaces": ["blue"]}
    wrongs: tuple[dict[str, Any], ...] = (
        {"name": ""},
        {"name": "a" * 65},
        {"name": "a\nb"},
        {"role": ""},
        {"role": "ADMIN"},
        {"namespaces": []},
        {"namespaces": ["a b"]},
        {"namespaces": [f"n{number}" for number in range(101)]},
        {"expires_in_s": -1},
        {"expires_in_s": float("nan")},
        {"expires_in_s": float("inf")},
        {"expires_in_s": 1e12},
    )
    for wrong in wrongs:
        request = pb.CreateTokenRequest(**{**good, **wrong})
        assert guarded.admin.status("CreateToken", request) is grpc.StatusCode.INVALID_ARGUMENT, wrong
    for token_id in ("", "x" * 100_000, "'; drop table penstock.access_token; --", "\0"):
        status = guarded.admin.status("RevokeToken", pb.RevokeTokenRequest(id=token_id))
        assert status in {grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INVALID_ARGUMENT}
    assert guarded.rows("select id, name, revoked_at from penstock.access_token order by id") == before


def test_at_rest_there_is_no_secret(guarded: GuardedPlatform) -> None:
    stored = "\n".join(guarded.rows("select t::text from penstock.access_token t"))
    for token in guarded.tokens:
        assert token.split("_")[1] in stored
        assert token.split("_")[2] not in stored


def test_a_server_is_refused_when_its_files_cannot_be_used(guarded: GuardedPlatform, authority: Authority) -> None:
    other = Authority(guarded.folder / "mismatch", "mismatch")
    for changed, words in (
        ({"PENSTOCK_TLS_CERTIFICATE_FILE": "nowhere.pem"}, "tls_certificate_file: nowhere.pem cannot be read"),
        ({"PENSTOCK_TLS_CERTIFICATE_FILE": str(APP)}, "is no PEM file"),
        ({"PENSTOCK_TLS_KEY_FILE": other.key("ca")}, "cannot be used together"),
        ({"PENSTOCK_TLS_CLIENT_CA_FILE": "nowhere.pem"}, "tls_client_ca_file: nowhere.pem cannot be read"),
        ({"PENSTOCK_TLS_KEY_FILE": ""}, "tls_certificate_file and tls_key_file belong together"),
        ({"PENSTOCK_AUTHENTICATION": "none"}, "lacks authentication"),
    ):
        environment = {
            "PENSTOCK_NATS_URL": "nats://127.0.0.1:1",
            "PENSTOCK_AUTHENTICATION": "tokens",
            "PENSTOCK_TLS_CERTIFICATE_FILE": authority.certificate("server"),
            "PENSTOCK_TLS_KEY_FILE": authority.key("server"),
            **changed,
        }
        done = guarded.run("server", "--listen-host=192.168.1.2", **environment)
        assert (done.returncode, done.stdout) == (2, ""), done.stderr
        assert words in done.stderr
        assert done.stderr.count("\n") == 1


def test_no_log_has_ever_held_a_secret(guarded: GuardedPlatform) -> None:
    """All tokens so far, and everything that the servers have said at their most talkative."""
    _assert_tells_no_secret(guarded, "\n".join(guarded.server.lines))
    said = "\n".join(guarded.server.lines)
    assert "penstock.audit" in said
    assert guarded.admin.id in said


def _assert_tells_no_secret(guarded: GuardedPlatform, said: str) -> None:
    assert len(guarded.tokens) > 1
    for token in guarded.tokens:
        assert token.split("_")[2] not in said
