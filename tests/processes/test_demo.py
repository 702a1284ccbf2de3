"""First light as somebody runs it, over folders that people have."""

import hashlib
import importlib
import json
import os
import re
import signal
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any, Final

import psutil
import pytest

from tests.processes.cli_runner import PATIENCE_S, clean_environment, running
from tests.processes.executor_worker import is_alive

FOLDER: Final = Path(__file__).parents[2] / "examples" / "first_light"
LAST_LINE: Final = re.compile(
    r"files (\d+)  tasks (\d+)  attempts (\d+)  retried (\d+)  lost (\d+)"
    r"  tasks/s (\d+)  start p50 (\d+) ms  p95 (\d+) ms"
)
COMMAND: Final = [sys.executable, str(FOLDER / "demo.py")]


def _demo(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=folder,
        env=clean_environment(),
        capture_output=True,
        timeout=PATIENCE_S,
        check=False,
    )


def _figures(output: bytes) -> list[int]:
    last = LAST_LINE.fullmatch(output.decode().splitlines()[-1])
    assert last, output.decode()
    return [int(figure) for figure in last.groups()]


@pytest.fixture
def part(monkeypatch: pytest.MonkeyPatch) -> Any:
    """One module of the demo by its name."""
    monkeypatch.syspath_prepend(str(FOLDER))
    return importlib.import_module


def test_a_folder_is_worked_off_and_an_executor_killed_on_the_way(tmp_path: Path) -> None:
    files = tmp_path / "files"
    (files / "sub" / "empty").mkdir(parents=True)
    odd = [b"line\nend.txt", b"\xff\xfe.bin", "ünï 日本.md".encode(), b"%41 %.txt", b"-rf", b"\x1b[31m.txt"]
    for name in odd:
        (files / "sub" / os.fsdecode(name)).write_bytes(b"one two\nthree\n")
    for number in range(120):
        _make_large(files / f"large-{number}", 4_000_000 + number)
    os.mkfifo(files / "pipe")
    (files / "link").symlink_to("large-1")
    (files / "circle").symlink_to(".")

    done = _demo(tmp_path, "--dir", str(files))

    output = done.stdout.decode()
    assert done.returncode == 0, output + done.stderr.decode()
    count, tasks, attempts, retried, lost, *_ = _figures(done.stdout)
    assert (count, tasks, lost) == (126, 126, 0)
    killed = re.search(r"kill -9 (\d+)", output)
    assert killed
    assert retried >= 1
    assert attempts >= tasks + retried
    assert "\x1b[31m" not in output
    _check_facts(tmp_path / ".penstock" / "demo" / "facts.jsonl", files)
    assert not is_alive(int(killed[1]))


def _make_large(path: Path, size: int) -> None:
    """Long to read, but takes no room."""
    with path.open("wb") as file:
        file.truncate(size)


def _check_facts(path: Path, files: Path) -> None:
    facts = [json.loads(line) for line in path.read_text().splitlines()]
    assert [each["task"] for each in facts] == sorted({each["task"] for each in facts})
    digests = {each["file"]: each["sha256"] for each in facts}
    assert digests[str(files / "sub" / "line\\nend.txt")] == hashlib.sha256(b"one two\nthree\n").hexdigest()
    assert digests[str(files / "large-7")] == hashlib.sha256(bytes(4_000_007)).hexdigest()
    assert str(files / "sub" / "\\xff\\xfe.bin") in digests
    text = next(each for each in facts if each["file"].endswith("-rf"))
    assert (text["lines"], text["words"], text["bytes"]) == (2, 3, 14)


def test_an_empty_folder_is_no_failure(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    done = _demo(tmp_path, "--dir", str(empty))
    assert done.returncode == 0
    assert b"nothing to do" in done.stdout
    assert _figures(done.stdout) == [0] * 8


def test_no_folder_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for wanted in ("missing", "file"):
        done = _demo(tmp_path, "--dir", wanted)
        assert done.returncode == 2
        assert done.stderr.startswith(b"error: " + wanted.encode())
        assert done.stderr.count(b"\n") == 1
        assert not done.stdout


def test_ctrl_c_leaves_nothing_behind(tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    for number in range(400):
        _make_large(files / str(number), 8_000_000)
    with running([*COMMAND, "--dir", str(files)], tmp_path) as it:
        it.wait_for(" of 400 files")
        family = psutil.Process(it.process.pid).children(recursive=True)
        assert len(family) >= 5
        assert it.end(signal.SIGINT) == 130
    assert "interrupted" in it.lines[-1]
    _, alive = psutil.wait_procs(family, timeout=PATIENCE_S)
    assert not alive


def test_image_sizes_come_out_of_headers(part: Any, tmp_path: Path) -> None:
    image_size = part("images").image_size
    header = struct.pack(">IIBBBBB", 640, 480, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    png = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    jpeg = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xff\xc2\x00\x0b\x08\x01\xe0\x02\x80\x01\x11\x00\x00"
    gif = b"GIF89a" + struct.pack("<HH", 640, 480) + bytes(20)
    for name, raw in (("png", png), ("jpeg", jpeg), ("gif", gif)):
        path = tmp_path / name
        path.write_bytes(raw)
        with path.open("rb") as file:
            assert image_size(file) == (f"image/{name}", 640, 480)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xe0\x00\x01",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a\x01",
        b"\xff\xd8\xff\xe0\xff\xff",
    ],
)
def test_broken_images_are_none(part: Any, tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "broken"
    path.write_bytes(raw)
    with path.open("rb") as file:
        assert part("images").image_size(file) is None
    assert "sha256" in part("facts").facts_of(path)


def test_words_and_lines_do_not_depend_on_blocks(part: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = part("facts")
    path = tmp_path / "text"
    path.write_text("ab cd\n  é日 x\nlast")
    whole = facts.facts_of(path)
    for size in range(1, 12):
        monkeypatch.setattr(facts, "_BLOCK_BYTES", size)
        assert facts.facts_of(path) == whole
    assert (whole["lines"], whole["words"]) == (2, 5)


def test_what_cannot_be_read_is_a_fact(part: Any, tmp_path: Path) -> None:
    assert part("facts").facts_of(tmp_path / "gone") == {"problem": "No such file or directory"}
    assert "problem" in part("facts").facts_of(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    assert part("facts").facts_of(tmp_path / "pipe") == {"problem": "no regular file any more"}


def test_every_name_travels_there_and_back(part: Any) -> None:
    names = part("names")
    for raw in (b"/a b%41\n\xff\xc3\xa9", "/日本 ?#&".encode()):
        path = Path(os.fsdecode(raw))
        assert names.from_uri(names.to_uri(path)) == path
        assert names.to_uri(path).isascii()
        assert names.shown(path).isprintable()


def test_an_executor_that_was_killed_is_not_shown_as_if_it_lived(part: Any, tmp_path: Path) -> None:
    class View:
        def show(self, done: int, rate: float, executor: str) -> None:
            shown.append(executor)

    shown: list[str] = []
    demo = part("demo").Demo([tmp_path / "a"], tmp_path, View())
    demo._reader = part("ledger").Reader(tmp_path)

    def begin(pid: int) -> None:
        with (tmp_path / f"{pid}.jsonl").open("ab") as file:
            file.write(b'{"begin": "a", "uri": "x"}\n')
        demo._show(0.0)

    demo._show(0.0)
    begin(9)
    demo._killing = part("executioner").Killing(9, [])
    demo._show(0.0)
    begin(10)
    demo._show(0.0)
    assert shown == ["", "executor 9", "the next executor starts", "executor 10", "executor 10"]


def test_a_torn_line_counts_only_when_it_has_become_whole(part: Any, tmp_path: Path) -> None:
    ledger = part("ledger")
    reader = ledger.Reader(tmp_path)
    (tmp_path / "7.jsonl").write_bytes(b'{"begin": "a", "uri": "x"}\n{"fact": "a", "uri": "x"')
    assert (len(reader.look().begun), reader.ledger.facts) == (1, {})
    assert [line["begin"] for line in reader.running_in(7)] == ["a"]
    (tmp_path / "8.jsonl").write_bytes(b'{"begin": "a", "uri": "x"}\n{"fact": "a", "uri": "x"}\n')
    assert list(reader.look().facts) == ["a"]
    assert len(reader.ledger.begun) == 2
    line, lost = part("summary").figures_line(["x", "y"], 2, _timed(reader.ledger), 1.0)
    assert lost == 1
    assert line.startswith("files 2  tasks 2  attempts 2  retried 1  lost 1  tasks/s 2")


def _timed(ledger: Any) -> Any:
    for number, line in enumerate(ledger.begun):
        line.update(at_us=5_000 + number, scheduled_at_us=1_000)
    return ledger
