"""Settings in a file, in variables and in flags: every bad one is told in one line, with its place, all at once."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from penstock.cli.main import run
from tests.processes.cli_runner import clean_environment, penstock

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = ("-1", "0", "nan", "inf", "1e9", "soon", "''", "[]")
WHOLE = ("-1", "0", "1.5", "1e9", "many", "''", "true", "[1]")
DAYS = ("0", "-1", "nan", "inf", "36501", "long")
PORTS = ("-1", "65536", "99999", "1.5", "http", "''")
BAD = {
    **dict.fromkeys(("lease_s", "heartbeat_s", "heartbeat_timeout_s", "enqueue_timeout_s"), SECONDS),
    **dict.fromkeys(("safety_net_s", "member_lease_s", "stop_grace_s"), SECONDS),
    **dict.fromkeys(("processes", "concurrency", "threads"), WHOLE),
    **dict.fromkeys(("keep_days", "dead_keep_days"), DAYS),
    **dict.fromkeys(("frontend_port", "orchestrator_port"), PORTS),
    "nats_prefix": ("''", "A", "a.b", "*", ">", "x" * 33),
    "groups": ("5", "{'a': 5}", "[]"),
}
CASES = [(name, value) for name, values in BAD.items() for value in values]
WORDS = {"nan", "inf", "true"}
pytestmark = pytest.mark.usefixtures("working_folder")


def told(line: str, capsys: pytest.CaptureFixture[str], code: int = 2) -> str:
    """What a command that is refused says."""
    assert run(line.split()) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("error: ")
    assert said.err.count("\n") == 1
    assert "Traceback" not in said.err
    return said.err


def in_toml(value: str) -> str:
    if value in WORDS or value[:1] in "-0123456789[" or value == "''":
        return value
    return value.replace("{'a': 5}", "{a = 5}") if value.startswith("{") else f"'{value}'"


@pytest.mark.parametrize(("name", "value"), CASES, ids=lambda value: str(value)[:20])
def test_a_bad_value_in_the_file(
    working_folder: Path, name: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = working_folder / "penstock.toml"
    file.write_text(f"{name} = {in_toml(value)}\n")
    line = told("server", capsys)
    assert name in line
    assert str(file) in line


@pytest.mark.parametrize(("name", "value"), CASES, ids=lambda value: str(value)[:20])
def test_a_bad_value_in_a_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    variable = f"PENSTOCK_{name.upper()}"
    monkeypatch.setenv(variable, value.replace("'", '"') if name == "groups" else value.strip("'"))
    assert variable in told("server", capsys)


@pytest.mark.parametrize(
    ("flags", "name"),
    [
        ("--processes 0", "--processes"),
        ("--processes 65", "--processes"),
        ("--processes many", "--processes"),
        ("--processes", "--processes"),
        ("--nonsense 1", "--nonsense"),
        ("--role conductor", "--role"),
        ("--listen-host 0.0.0.0", "--listen-host: '0.0.0.0'"),
        ("--listen-host ::", "--listen-host: '::'"),
        ("--listen-host 192.168.0.1", "--listen-host"),
        ("--listen-host example.org", "--listen-host"),
        ("--listen-host 127.0.0.1.example.org", "--listen-host"),
        ("--listen-host 0x7f000001", "--listen-host"),
    ],
)
def test_a_bad_flag(flags: str, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert name in told(f"server {flags}", capsys)


@pytest.mark.parametrize("place", ["file", "variable"])
def test_a_public_address_is_refused_wherever_it_is_set(
    place: str, working_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if place == "file":
        (working_folder / "penstock.toml").write_text("listen_host = '0.0.0.0'\n")
    else:
        monkeypatch.setenv("PENSTOCK_LISTEN_HOST", "0.0.0.0")
    line = told("server", capsys)
    assert "listen_host" in line.lower()
    assert "authentication" in line


def test_unknown_names_are_told_with_the_nearest_known(
    working_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (working_folder / "penstock.toml").write_text("leese_s = 3\nnonsense = 1\n[table]\nx = 1\n")
    line = told("server", capsys)
    assert "leese_s" in line
    assert "did you mean lease_s?" in line
    assert f"nonsense in {working_folder / 'penstock.toml'}: there is no such setting; the nearest one is " in line
    assert "table" in line


def test_a_variable_that_names_no_setting_is_told_and_harmless(
    working_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One that is set by others, such as Kubernetes for a service of our name, must not keep a server from starting."""
    monkeypatch.setenv("PENSTOCK_BOGUS", "1")
    monkeypatch.setenv("PENSTOCK_LEESE_S", "1")
    assert run(["migrate"]) == 2
    first, second, last = capsys.readouterr().err.splitlines()
    assert first.startswith("warning: PENSTOCK_BOGUS names no setting and does nothing; the nearest one is ")
    assert second == "warning: PENSTOCK_LEESE_S names no setting and does nothing; did you mean lease_s?"
    assert last.startswith("error: postgres_url: is needed")


@pytest.mark.parametrize("place", ["file", "file/below/it"])
@pytest.mark.parametrize("line", ["dev --folder", "dev --stop --folder", "doctor --folder"])
def test_a_folder_that_is_a_file(
    line: str, place: str, working_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (working_folder / "file").touch()
    assert (
        told(f"{line} {place}", capsys)
        == "error: settings: --folder: 'file' is a file, not a folder; name another place\n"
    )


def test_all_problems_of_all_places_are_told_at_once(
    working_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = working_folder / "penstock.toml"
    file.write_text("lease_s = -1\nthreads = 'many'\nnonsense = 1\nprocesses = 999\n")
    monkeypatch.setenv("PENSTOCK_FRONTEND_PORT", "99999")
    monkeypatch.setenv("PENSTOCK_PROCESSES", "0")
    line = told("server", capsys)
    for place in (f"lease_s in {file}", f"threads in {file}", f"nonsense in {file}", "PENSTOCK_FRONTEND_PORT"):
        assert place in line
    assert "PENSTOCK_PROCESSES" in line
    assert "processes in" not in line, "the variable goes first: the file's value isn't looked at"


@pytest.mark.parametrize(
    ("settings", "hint"),
    [
        ("lease_s = 14", "lease_s (14.0) is shorter than three heartbeats (heartbeat_s 5.0)"),
        ("heartbeat_s = 10.1", "lease_s (30.0) is shorter than three heartbeats"),
        ("heartbeat_timeout_s = 6", "heartbeat_timeout_s (6.0) is longer than heartbeat_s"),
    ],
)
def test_times_that_do_not_fit_together(
    settings: str, hint: str, working_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (working_folder / "penstock.toml").write_text(settings)
    assert hint in told("server", capsys)


@pytest.mark.parametrize(
    "content",
    [b"lease_s = = 1", b"lease_s", b"[", b"\xff\xfe", b"\x00", b"lease_s = 1\nlease_s = 2", b"\xef\xbb\xbflease_s = 1"],
    ids=repr,
)
def test_a_file_that_is_no_toml(content: bytes, working_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = working_folder / "penstock.toml"
    file.write_bytes(content)
    assert told("doctor", capsys).startswith(f"error: {file}: ")


@pytest.mark.parametrize(
    "line",
    [
        "dev",
        "server",
        "worker raising:app",
        "doctor",
        "migrate",
        "tasks list",
        "tasks show 01999999-0000-7000-8000-000000000000",
        "tasks cancel 01999999-0000-7000-8000-000000000000",
        "tasks retry 01999999-0000-7000-8000-000000000000",
        "schedule a.b",
    ],
)
def test_every_command_that_reads_settings_refuses_them(
    line: str, working_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (working_folder / "penstock.toml").write_text("lease_s = 0\n")
    if line.startswith("worker"):
        line += " --address 127.0.0.1:1"
    assert "lease_s" in told(line, capsys)
    assert sorted(each.name for each in working_folder.iterdir()) == ["penstock.toml"]


def test_the_same_by_the_command_itself(working_folder: Path) -> None:
    (working_folder / "penstock.toml").write_text("lease_s = 0\n")
    done = penstock("server", folder=working_folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("role", ["frontend", "orchestrator"])
def test_a_server_process_says_the_same(role: str, working_folder: Path) -> None:
    """It may be started without the command: by a unit file, in a container."""
    done = subprocess.run(
        [sys.executable, "-m", "penstock.server.process", role],
        cwd=working_folder,
        env=clean_environment(
            PENSTOCK_LISTEN_HOST="0.0.0.0", PENSTOCK_LEASE_S="0", PENSTOCK_POSTGRES_URL="postgresql:"
        ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "PENSTOCK_LISTEN_HOST: '0.0.0.0' can be reached by others" in done.stderr
    assert "PENSTOCK_LEASE_S" in done.stderr
