"""Rows 49, 50, 52: engines that are unsafe, of another time, or not there. An unsafe server never serves."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import grpc
import pytest

from penstock.cli.main import run
from penstock.testing.engines import run_apart
from penstock.wire.v1 import penstock_pb2 as pb
from penstock.wire.v1 import penstock_pb2_grpc as pb_grpc
from tests.processes.bad_input.calls import PATIENCE_S, group, one
from tests.processes.cli_runner import clean_environment, penstock
from tests.processes.platform_fixture import Server, execute

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.processes.platform_fixture import Platform

NOWHERE = "postgresql://penstock@127.0.0.1:1/penstock"


def start_of(role: str, platform: Platform, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A server process that is expected to end at once."""
    return subprocess.run(
        [sys.executable, "-m", "penstock.server.process", role],
        cwd=folder,
        env=clean_environment(**{**platform.environment, **environment}),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


def assert_refused(done: subprocess.CompletedProcess[str], *hints: str) -> None:
    assert done.returncode in (1, 2)
    assert "ready" not in done.stdout
    assert "Traceback" not in done.stderr
    [line] = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    for hint in hints:
        assert hint in line


@pytest.fixture
def database(platform: Platform) -> Iterator[str]:
    """The address of an empty database."""
    run_apart(execute(platform.engines.postgres_dsn, "create database another"))
    yield platform.engines.database_dsn("another")
    run_apart(execute(platform.engines.postgres_dsn, "drop database another with (force)"))


UNSAFE = (
    "create schema unsafe",
    # Our own engine cannot be brought to run without fsync, so this database says what one that does would say.
    """
    create function unsafe.current_setting(name text) returns text language sql as $$
        select case when name in ('fsync', 'full_page_writes') then 'off' else pg_catalog.current_setting(name) end
    $$
    """,
    "alter database another set search_path = unsafe, pg_catalog, public",
    "alter database another set synchronous_commit = off",
)


def test_all_that_is_unsafe_is_told_at_once(platform: Platform, database: str, tmp_path: Path) -> None:
    run_apart(execute(database, *UNSAFE))
    for role in ("frontend", "orchestrator"):
        assert_refused(
            start_of(role, platform, tmp_path, PENSTOCK_POSTGRES_URL=database),
            "fsync is off",
            "full_page_writes is off",
            "synchronous_commit is off",
            "an acknowledged task would be lost",
            "schema penstock is missing",
            "penstock migrate",
        )
    told = penstock("doctor", folder=tmp_path, environment={"PENSTOCK_POSTGRES_URL": database})
    assert told.returncode == 1
    assert "fsync is off" in told.stdout


def test_a_schema_that_is_missing_or_too_new(platform: Platform, database: str, tmp_path: Path) -> None:
    environment = {"PENSTOCK_POSTGRES_URL": database}
    assert_refused(start_of("frontend", platform, tmp_path, **environment), "run `penstock migrate`")
    assert penstock("migrate", folder=tmp_path, environment=environment).returncode == 0
    again = penstock("migrate", folder=tmp_path, environment=environment)
    assert (again.returncode, again.stdout) == (0, "up to date\n")
    run_apart(execute(database, "insert into penstock.migration (version, name) values (99, 'of_the_future')"))
    assert_refused(start_of("frontend", platform, tmp_path, **environment), "version 99", "install a newer Penstock")
    migrated = penstock("migrate", folder=tmp_path, environment=environment)
    assert "Traceback" not in migrated.stderr


NO_ADDRESS = "postgres_url: is no address of a PostgreSQL; write postgresql://"
URLS = {
    NOWHERE: (1, "; check postgres_url (PENSTOCK_POSTGRES_URL, or in penstock.toml)"),
    "postgresql://penstock@nowhere.invalid/penstock": (1, "the store did not answer"),
    "http://127.0.0.1:1": (2, NO_ADDRESS),
    "nonsense": (2, NO_ADDRESS),
    "postgresql://[::1": (2, NO_ADDRESS),
    "postgresql://127.0.0.1:port/x": (2, NO_ADDRESS),
    "postgresql://me:sesame/open@127.0.0.1/x": (2, NO_ADDRESS),
}


@pytest.mark.usefixtures("working_folder")
@pytest.mark.parametrize("url", URLS)
def test_a_postgresql_that_is_not_there(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, hint = URLS[url]
    assert run(["migrate", "--postgres-url", url]) == code
    told = capsys.readouterr().err
    assert told.startswith("error: ")
    assert told.count("\n") == 1
    assert hint in told
    assert "sesame" not in told


@pytest.mark.parametrize("url", [NOWHERE, "postgresql://127.0.0.1:port/x"])
def test_a_server_says_the_same(platform: Platform, tmp_path: Path, url: str) -> None:
    assert_refused(start_of("orchestrator", platform, tmp_path, PENSTOCK_POSTGRES_URL=url), URLS[url][1])


def test_a_wrong_password_user_or_database_is_told_and_the_password_is_not(platform: Platform, tmp_path: Path) -> None:
    dsn = platform.engines.database_dsn("no_such_database")
    assert_refused(start_of("frontend", platform, tmp_path, PENSTOCK_POSTGRES_URL=dsn), "no_such_database")
    stranger = dsn.replace("penstock@", "stranger:sesame@", 1)
    done = start_of("frontend", platform, tmp_path, PENSTOCK_POSTGRES_URL=stranger)
    assert_refused(done, "stranger")
    assert "sesame" not in done.stderr


def test_scheduling_does_not_wait_for_nats(platform: Platform, tmp_path: Path) -> None:
    """Nor does a server start need it: what was scheduled is on disk, and found when NATS is there."""
    environment = {**platform.environment, "PENSTOCK_NATS_URL": "nats://127.0.0.1:1", "PENSTOCK_NATS_PREFIX": "lonely"}
    server = Server("frontend", [sys.executable, "-m", "penstock.server.process", "frontend"], environment, tmp_path)
    try:
        with grpc.insecure_channel(server.address()) as channel:
            frontend = pb_grpc.FrontendStub(channel)
            reply = frontend.Schedule(one(group(b"{}", b'{"a": 1}'), group(delay_us=[0])), timeout=PATIENCE_S)
            assert not reply.problems
            ids = [reply.task_ids[at : at + 16] for at in range(0, 48, 16)]
            for task_id in ids:
                assert frontend.GetTask(pb.GetTaskRequest(task_id=task_id), timeout=PATIENCE_S).task_id == task_id
                frontend.CancelTask(pb.CancelTaskRequest(task_id=task_id), timeout=PATIENCE_S)
        assert "Traceback" not in server.log.read_text()
    finally:
        assert server.stop() == 0


def test_a_port_that_is_taken(platform: Platform, tmp_path: Path) -> None:
    port = platform.address.rpartition(":")[2]
    assert_refused(start_of("frontend", platform, tmp_path, PENSTOCK_FRONTEND_PORT=port), f"127.0.0.1:{port}")
