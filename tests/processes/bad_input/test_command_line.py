"""Row 47: the command line against a real platform. One line, the right exit code, and nothing changed."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import uuid
from typing import TYPE_CHECKING

import pytest

from penstock.cli.main import run
from tests.processes.bad_input.calls import group, schedule
from tests.processes.cli_runner import clean_environment

if TYPE_CHECKING:
    from pathlib import Path

    from tests.processes.platform_fixture import Platform

ID = "01999999-0000-7000-8000-000000000000"
DEEP = '{"a":' + "[" * 100_000 + "]" * 100_000 + "}"
WRONG: list[tuple[list[str], int, str]] = [
    (["nonsense"], 2, "nonsense"),
    (["--nonsense"], 2, "--nonsense"),
    (["tasks", "list", "--nonsense"], 2, "--nonsense"),
    (["tasks", "list", "--limit", "-1"], 2, "--limit"),
    (["tasks", "list", "--limit", "0"], 2, "--limit"),
    (["tasks", "list", "--status", "asleep"], 2, "asleep"),
    (["tasks", "list", "--since", "yesterday"], 2, "yesterday"),
    (["tasks", "list", "--lambda", "../x"], 2, "../x"),
    (["tasks", "list", "--collection", "c" * 257], 2, "collection"),
    (["tasks", "list", "--namespace", "../x"], 2, "../x"),
    (["tasks", "list", "--attribute", "customer"], 2, "--attribute: 'customer' has no ="),
    (["tasks", "list", "--attribute", "customer="], 2, "--attribute.customer: is empty"),
    (["tasks", "list", "--until", "yesterday"], 2, "--until"),
    (["tasks", "list", "--since", "1h", "--until", "2h"], 2, "--until: is not after --since"),
    (["schedule", "shop.known", "--attribute", "A=1"], 2, "--attribute: 'A' is not a name"),
    (["tasks", "show", "nonsense"], 2, "nonsense"),
    (["tasks", "show", ID[:-1]], 2, ID[:-1]),
    (["tasks", "show", ID], 1, ID),
    (["tasks", "show", "../../etc/passwd"], 2, "passwd"),
    (["tasks", "cancel", ID], 1, f"error: no task {ID}"),
    (["tasks", "retry", ID], 1, f"error: no task {ID}"),
    (["tasks", "cancel", ID, "--namespace", "nobodys"], 1, ID),
    (["tasks", "cancel"], 2, "ID: is needed, or --lambda, --collection or --attribute"),
    (["tasks", "cancel", ID, "--lambda", "shop.known"], 2, "ID: is given together with flags"),
    (["tasks", "cancel", ID, "--preview"], 2, "--preview: is for many tasks"),
    (["tasks", "retry", ID, "--preview"], 2, "--preview: is for many tasks"),
    (["tasks", "cancel", ID, "--tree", "--preview"], 2, "--preview: is for many tasks"),
    (["tasks", "retry", ID, "--rate", "5"], 2, "--rate: is for many tasks"),
    (["tasks", "cancel", "--tree", "--lambda", "shop.known"], 2, "--tree: is for ids"),
    (["quota", "set", "shop.known", "schedule", "100/s", "--burst", "99999999999999"], 2, "outside of 1 to 1000000"),
    (["tasks", "cancel", "--lambda", "shop"], 2, "--lambda: 'shop' has no dot"),
    (["tasks", "cancel", "--lambda", "shop.nobodys"], 1, "no lambda shop.nobodys"),
    (["tasks", "cancel", "--status", "new"], 2, "selection: selects every task there is"),
    (["tasks", "cancel", "--lambda", "shop.known", "--status", "dead"], 2, "no task that is dead can be meant"),
    (["tasks", "retry", "--lambda", "shop.known", "--status", "new"], 2, "no task that is new can be meant"),
    (["tasks", "retry", "--lambda", "shop.known", "--status", "asleep"], 2, "--status: 'asleep'"),
    (["tasks", "cancel", "--lambda", "shop.known", "--attribute", "customer"], 2, "--attribute: 'customer' has no ="),
    (["tasks", "cancel", "--lambda", "shop.known", "--attribute", "a=1", "--attribute", "a=2"], 2, "given twice"),
    (["tasks", "cancel", "--lambda", "shop.known", "--attribute", "A B=1"], 2, "'A B' is not a name"),
    (["tasks", "cancel", "--lambda", "shop.known", "--scheduled-after", "soon"], 2, "--scheduled-after"),
    (
        ["tasks", "cancel", "--lambda", "shop.known", "--scheduled-after", "1h", "--scheduled-before", "2h"],
        2,
        "--scheduled-before: is not after --scheduled-after",
    ),
    (["tasks", "cancel", "--lambda", "shop.known", "--rate", "0"], 2, "--rate"),
    (["sweeps", "stop", "nonsense"], 2, "is not the id of a sweep"),
    (["gate", "pause"], 2, "LAMBDA"),
    (["gate", "close", "shop.known"], 2, "close"),
    (["gate", "pause", "shop"], 2, "app.lambda"),
    (["gate", "pause", "shop.nobodys"], 1, "error: no lambda shop.nobodys"),
    (["gate", "pause", "shop.known", "--namespace", "nobodys"], 1, "no lambda shop.known in this namespace"),
    (["gate", "pause", "shop.known", "--for", "soon"], 2, "--for"),
    (["gate", "pause", "shop.known", "--for", "0"], 2, "--for"),
    (["gate", "pause", "shop.known", "--for", "367d"], 2, "366 days"),
    (["gate", "pause", "shop.known", "--until", "tomorrow"], 2, "--until"),
    (["gate", "pause", "shop.known", "--until", "2001-01-01T00:00Z"], 2, "is past"),
    (["gate", "pause", "shop.known", "--until", "9999-12-31T00:00Z"], 2, "366 days"),
    (["gate", "pause", "shop.known", "--for", "1h", "--until", "2099-01-01T00:00Z"], 2, "use one of them"),
    (["gate", "pause", "shop.known", "--collection", "c" * 257], 2, "256"),
    (["gate", "pause", "shop.known", "--reason", "r" * 1_025], 2, "1024"),
    (["gate", "drop", "shop.known"], 2, "--yes"),
    (["gate", "open", "shop.known", "--for", "1h"], 2, "--for"),
    (["gate", "list", "shop"], 2, "app.lambda"),
    (["gate", "history", "--limit", "0"], 2, "--limit"),
    (["schedule", "shop.known", "hello"], 2, "JSON"),
    (["schedule", "shop.known", '{"a": 1'], 2, "JSON"),
    (["schedule", "shop.known", "[1]"], 2, "object"),
    (["schedule", "shop.known", '{"a": NaN}'], 2, "NaN"),
    (["schedule", "shop.known", '{"a": 1e400}'], 2, "range"),
    (["schedule", "shop.known", '{"a": -0}'], 2, "-0"),
    (["schedule", "shop.known", f'{{"a": {"9" * 5_000}}}'], 2, "JSON"),
    (["schedule", "shop.known", DEEP], 2, "JSON"),
    (["schedule", "shop.known", '{"a": "\udcff"}'], 2, "UTF-8"),
    (["schedule", "shop.known", f'{{"a": "{"x" * 262_144}"}}'], 2, "262144"),
    (["schedule", "shop.*"], 2, "shop.*"),
    (["schedule", "shop.known", "--key", "k" * 1_025], 2, "1024"),
    (["schedule", "shop.known", "--collection", "c" * 257], 2, "256"),
    (["schedule", "shop.known", "--delay", "-1s"], 2, "-1s"),
    (["schedule", "shop.known", "--delay", "367d"], 2, "--delay: '367d' is longer than 366 days"),
    (["schedule", "shop.known", "--at", "9999-12-31T23:59:59Z"], 2, "days ahead; the limit is 366 days"),
    (["schedule", "shop.known", "--at", "9999-12-31T23:59:59"], 2, ""),  # the last day's local time: a moment for some
    (["schedule", "shop.known", "--at", "1969-12-31T12:00:00Z"], 2, "1970"),
    (["schedule", "shop.known", "--at", "0001-01-01T00:00:00"], 2, "0001-01-01"),
    (["schedule", "shop.known", "--at", "2026-02-30T00:00"], 2, "2026-02-30"),
    (["schedule", "shop.known", "--at", "2026-12-31T23:59:60"], 2, "23:59:60"),
    (["schedule", "shop.known", "--at", "2030-01-01", "--delay", "1s"], 2, "--delay"),
    (["schedule", "shop.known", "--priority", "urgent"], 2, "urgent"),
    (["schedule", "shop.nobodys_at_all", "--strict"], 2, "no worker has registered shop.nobodys_at_all"),
]


@pytest.mark.usefixtures("unchanged", "working_folder")
@pytest.mark.parametrize(("line", "code", "hint"), WRONG, ids=lambda value: str(value)[:60])
def test_a_wrong_line_is_told_in_one_line(
    platform: Platform, line: list[str], code: int, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    addressed = line[0] in ("tasks", "schedule", "gate") and "--address" not in line
    assert run([*line, "--address", platform.address] if addressed else line) == code
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("error: ")
    assert told.err.count("\n") == 1
    assert hint in told.err
    assert len(told.err) < 1_000


@pytest.mark.usefixtures("working_folder")
def test_an_unknown_lambdas_task_is_held_with_a_warning(platform: Platform, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schedule", "shop.typed_wrong", "--address", platform.address]) == 0
    told = capsys.readouterr()
    assert str(uuid.UUID(told.out.strip())) == told.out.strip()
    assert told.err.startswith("warning: shop.typed_wrong: no worker has registered it")


@pytest.mark.usefixtures("working_folder")
def test_a_key_that_names_other_content(platform: Platform, capsys: pytest.CaptureFixture[str]) -> None:
    [first] = schedule(platform, group(b'{"a": 1}', keys=["by hand"]))
    line = ["schedule", "shop.known", '{"a": 2}', "--key", "by hand", "--delay", "1h", "--address", platform.address]
    assert run(line) == 1
    told = capsys.readouterr().err
    assert told.startswith("error: ")
    assert str(uuid.UUID(bytes=first)) in told


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "penstock.cli", *arguments]


@pytest.mark.usefixtures("unchanged")
def test_many_are_not_touched_without_a_yes(platform: Platform, tmp_path: Path) -> None:
    """Nobody to ask: refused. Somebody who says no, or goes away: stopped."""
    ids = [str(uuid.UUID(int=at)) for at in (1, 2)]
    line = command("tasks", "cancel", *ids, "--address", platform.address)
    done = subprocess.run(
        line, cwd=tmp_path, env=clean_environment(), input="", capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "--yes" in done.stderr
    ours, theirs = pty.openpty()
    os.write(ours, b"n\n")
    asked = subprocess.run(
        line, cwd=tmp_path, env=clean_environment(), stdin=theirs, capture_output=True, text=True, check=False
    )
    os.close(ours)
    os.close(theirs)
    assert asked.returncode == 1
    assert "cancel 2 tasks?" in asked.stderr
    assert "nothing was changed" in asked.stderr


@pytest.mark.usefixtures("unchanged")
def test_a_reader_who_goes_away_is_no_failure(platform: Platform, tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        command("tasks", "list", "--address", platform.address),
        cwd=tmp_path,
        env=clean_environment(),
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.usefixtures("working_folder")
def test_an_address_that_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    for address in ("nonsense", "127.0.0.1:99999", "http://127.0.0.1:7460", "127.0.0.1:port", ":", "[::1"):
        assert run(["tasks", "list", "--address", address]) in (1, 2)
        told = capsys.readouterr().err
        assert told.startswith("error: ")
        assert told.count("\n") == 1
        assert address in told
