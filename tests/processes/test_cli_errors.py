"""What goes wrong is one line on standard error, with the right exit code, and never a stack trace."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from penstock.cli.main import run
from tests.processes.cli_runner import clean_environment, penstock

ID = "01999999-0000-7000-8000-000000000000"
OTHER = "01999999-0000-7000-8000-000000000001"


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, no settings, nobody at the keyboard."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    for name in [name for name in os.environ if name.startswith("PENSTOCK_")]:
        monkeypatch.delenv(name)
    return tmp_path


@pytest.mark.parametrize(
    "line",
    [
        "nonsense",
        "--nonsense",
        "tasks nonsense",
        "tasks list --limit -1",
        "tasks list --limit 0",
        "tasks list --limit x",
        "tasks list --status sleeping",
        "tasks list --since yesterday",
        "tasks show",
        "tasks show nonsense",
        f"tasks cancel {ID} nonsense",
        f"tasks cancel {ID} {OTHER}",
        f"tasks retry {ID} {OTHER}",
        "tasks cancel -",
        "schedule",
        "schedule nodot",
        "schedule a.b [1]",
        "schedule a.b {",
        "schedule a.b {} --delay soon",
        "schedule a.b {} --at never",
        "schedule a.b {} --delay 1s --at 2030-01-01",
        "schedule a.b {} --priority urgent",
        "server",
        "server --listen-host 0.0.0.0",
        "server --role conductor",
        "server --processes 0",
        "worker",
        "worker nothere:app --address 127.0.0.1:1",
        "worker nothere:app --address foo",
        "tasks list --address foo",
        "tasks list --address 127.0.0.1:99999",
        "tasks list --address 127.0.0.1:0",
        "tasks list --address :7460",
        "dev nothere:app",
        "dev shop.py",
        "migrate",
    ],
)
def test_a_wrong_line_is_told_in_one_line_and_exits_with_2(
    line: str, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(line.split()) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("error: ")
    assert told.err.count("\n") == 1
    assert not list(elsewhere.iterdir())


@pytest.mark.parametrize("line", ["tasks list", f"tasks show {ID}", f"tasks cancel {ID}", "schedule a.b"])
@pytest.mark.usefixtures("elsewhere")
def test_without_a_platform_it_says_how_to_get_one(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(line.split()) == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "penstock dev" in told


def test_a_platform_that_does_not_answer_is_named(tmp_path: Path) -> None:
    done = penstock("tasks", "list", "--address", "127.0.0.1:1", folder=tmp_path)
    assert done.returncode == 1
    assert "127.0.0.1:1 (from --address)" in done.stderr
    assert done.stderr.count("\n") == 1


def test_all_problems_of_the_settings_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "penstock.toml").write_text("lease_s = -1\nthreads = 'many'\nnonsense = 1\n")
    done = penstock("doctor", folder=tmp_path)
    assert done.returncode == 2
    for name in ("lease_s", "threads", "nonsense"):
        assert name in done.stderr


def test_debug_shows_where(tmp_path: Path) -> None:
    done = penstock("tasks", "show", "x", folder=tmp_path, environment={"PENSTOCK_DEBUG": "1"})
    assert done.returncode == 2
    assert "Traceback" in done.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["tasks", "list", "--help"], ["doctor"]])
def test_a_reader_who_goes_away_is_no_failure(arguments: list[str], tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "penstock.cli", *arguments],
        cwd=tmp_path,
        env=clean_environment(),
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def test_doctor_without_anything_finds_what_is_wrong(tmp_path: Path) -> None:
    done = penstock(
        "doctor", folder=tmp_path, environment={"PENSTOCK_LEESE_S": "1", "PENSTOCK_NATS_URL": "nats://u:pw@127.0.0.1:1"}
    )
    assert done.returncode == 1
    assert "PENSTOCK_LEESE_S" in done.stdout
    assert "did you mean lease_s?" in done.stdout
    assert "pw" not in done.stdout.replace("pwd", "")
    assert "wrong" in done.stdout


def test_help_needs_neither_grpc_nor_settings(tmp_path: Path) -> None:
    code = (
        "import sys; from penstock.cli.main import run; run(['--help']); "
        "print({'grpc', 'pydantic_settings', 'asyncpg'} & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=clean_environment(), capture_output=True, text=True, check=True
    )
    assert done.stderr == "set()\n"
    assert "dev " in done.stdout
