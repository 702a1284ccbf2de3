"""Minibox as a newcomer runs it: the whole demo, shorter; and the folders that newcomers name."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

import psutil
import pytest

from tests.processes.cli_runner import PATIENCE_S, clean_environment, running
from tests.processes.executor_worker import is_alive

ROOT: Final = Path(__file__).parents[2]
COMMAND: Final = [sys.executable, "-m", "minibox"]
PLACE: Final = {"PYTHONPATH": str(ROOT / "examples")}
LAST_LINE: Final = re.compile(
    r"events (\d+)  deliveries (\d+)  refreshed (\d+)  lost (\d+)  out of order (\d+)  events/s (\d+)  p95 (\d+) ms"
)


def _demo(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=folder,
        env=clean_environment(**PLACE),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


def test_all_changes_are_delivered_though_an_executor_dies_and_pings_are_lost(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    (mine / "deep" / "er").mkdir(parents=True)
    for number in range(20):
        (mine / "deep" / f"note {number}.md").write_text(f"# Note {number}\n\nThe executor lease of {number}.\n")
    (mine / "deep" / "er" / "half.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (mine / os.fsdecode(b"\xff\xfe.bin")).write_bytes(b"no text")
    before = {path: path.stat() for path in mine.rglob("*")}

    done = _demo(tmp_path, "--quick", "--dir", str(mine))

    assert done.returncode == 0, done.stdout + done.stderr
    assert "21 files copied from" in done.stdout
    assert "(1 passed over)" in done.stdout
    last = LAST_LINE.fullmatch(done.stdout.splitlines()[-1])
    assert last, done.stdout
    events, deliveries, refreshed, lost, out_of_order, *_ = map(int, last.groups())
    assert (lost, out_of_order) == (0, 0)
    assert events >= 21
    assert deliveries >= 6 * 21
    assert refreshed >= 1
    pings = re.search(r"pings    (\d+) of (\d+) were lost", done.stdout)
    assert pings
    assert 0 < int(pings[1]) < int(pings[2])
    killed = re.search(r"kill -9 (\d+)", done.stdout)
    assert killed
    assert not is_alive(int(killed[1]))
    assert "search   'executor lease'" in done.stdout
    assert re.search(r"verify   minibox: complete up to .*: \d+ subjects for 6 subscriptions", done.stdout)
    report = tmp_path / ".penstock" / "minibox" / "report.html"
    assert "Nothing was missed." in report.read_text()
    assert {path: path.stat().st_mtime_ns for path in mine.rglob("*")} == {
        path: found.st_mtime_ns for path, found in before.items()
    }


def test_no_folder_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for wanted in ("missing", "file"):
        done = _demo(tmp_path, "--dir", wanted)
        assert done.returncode == 2
        assert done.stderr.startswith("error: " + wanted)
        assert done.stderr.count("\n") == 1
        assert not done.stdout


def test_a_second_one_is_refused_and_ctrl_c_leaves_nothing_behind(tmp_path: Path) -> None:
    with running([*COMMAND, "--quick"], tmp_path, **PLACE) as it:
        it.wait_for("people come to work")
        family = psutil.Process(it.process.pid).children(recursive=True)
        assert len(family) >= 6
        other = _demo(tmp_path, "--quick")
        assert (other.returncode, other.stderr.count("\n")) == (1, 1), other.stderr
        assert "another Minibox runs" in other.stderr
        assert it.end(signal.SIGINT) == 130
    assert "interrupted" in it.lines[-1]
    _, alive = psutil.wait_procs(family, timeout=PATIENCE_S)
    assert not alive


@pytest.mark.parametrize(
    "name", ["plain", "two words", "it's", 'a "quoted" one', "a$HOME$(pwd)`pwd`", "~", "-rf", "a;b&c"]
)
def test_make_hands_every_name_of_a_folder_to_the_demo(name: str, tmp_path: Path) -> None:
    """By a Python that says what it was given: the rest of the demo has its own tests."""
    (tmp_path / "python").write_text("#!/bin/sh\nprintf '%s\\n' \"$@\"\n")
    (tmp_path / "python").chmod(0o755)
    (tmp_path / "stamp").touch()
    command = ["make", "--silent", "demo", f"BIN={tmp_path}", f"STAMP={tmp_path / 'stamp'}"]
    for given, wanted in (([f"DIR={name}"], [f"--dir={name}"]), ([], [])):
        done = subprocess.run(
            [*command, *given],
            cwd=ROOT,
            env=clean_environment(),
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.splitlines() == ["-m", "minibox", *wanted]
