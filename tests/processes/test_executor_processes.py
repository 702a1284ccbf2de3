"""The process adapter by itself: inspection, the lifeline, the board in shared memory, output."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from penstock.adapters.processes.guard import GroupGuard
from penstock.adapters.processes.inspection import describe_app
from penstock.adapters.processes.output import OutputPipe, prefixed_sink
from penstock.model.errors import AppRefused, InvalidInput
from penstock.model.policy import LambdaPolicy
from tests.processes.executor_worker import is_alive, until_dead


@pytest.fixture(autouse=True)
def intervals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "intervals"
    monkeypatch.setenv("INTERVALS", str(path))
    return path


async def test_an_app_is_described_without_being_imported_here() -> None:
    registrations = (await describe_app("tests.processes.executor_app:app")).registrations
    assert registrations[0].name == "app.double"
    assert registrations[0].policy == LambdaPolicy()
    assert "tests.processes.executor_app" not in sys.modules


BROKEN = {
    "syntax": ("x = = 1", "SyntaxError"),
    "raises": ("def f():\n    raise RuntimeError('no settings')\nf()", "no settings"),
    "exits": ("import sys\nprint('some output')\nsys.exit('go away')", "SystemExit"),
    "dies": ("import os\nprint('last output', flush=True)\nos._exit(7)", "exit code 7"),
    "missing": ("import no_such_library", "no_such_library"),
    "other": ("app = 5", "not an app"),
    "nothing": ("", "no attribute 'app'"),
}


@pytest.mark.parametrize("kind", BROKEN)
async def test_an_app_that_cannot_be_imported_says_why(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, reason = BROKEN[kind]
    (tmp_path / f"broken_{kind}.py").write_text(source)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    with pytest.raises(AppRefused) as caught:
        await describe_app(f"broken_{kind}:app")
    message = f"{caught.value}\n{caught.value.traceback}"
    assert reason in message
    assert "\n" not in str(caught.value)
    assert "importlib" not in message, "the author's lines only"
    assert "penstock/" not in message


DESCRIBER = """
import asyncio, signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has it ignored by what it runs in the background
from penstock.adapters.processes.inspection import describe_app
asyncio.run(describe_app("endless:app"))
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
async def test_an_import_that_never_ends_ends_with_who_asked(
    number: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "endless.py").write_text(
        f"import os, pathlib\npathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(os.getpid()))\nwhile True: pass\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    with subprocess.Popen([sys.executable, "-c", DESCRIBER], stderr=subprocess.DEVNULL) as asking:
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
            assert asking.poll() is None
            await asyncio.sleep(0.02)
        pid = int((tmp_path / "pid").read_text())
        try:
            asking.send_signal(number)
            await until_dead(pid)
        finally:
            asking.kill()
            if is_alive(pid):
                os.kill(pid, signal.SIGKILL)


async def test_a_reference_of_another_form_is_refused() -> None:
    with pytest.raises(InvalidInput, match="module:attribute"):
        await describe_app("tests.processes.executor_app")


CONTROLLER = """
import asyncio, sys
from penstock.adapters.processes.hosts import ProcessHosts
from penstock.ports.hosts import ExecutorSpec, Ready

async def main():
    hosts = ProcessHosts("penstock.execution.program:make_executor", "tests.processes.executor_link:connect",
                         "/nowhere", b"{}")
    process = await hosts.start(ExecutorSpec("orphan", "tests.processes.executor_app:with_child", ("app.double",)))
    async for word in process.words():
        if isinstance(word, Ready):
            print(process.pid, flush=True)
    hosts.close()

asyncio.run(main())
"""


async def test_an_executor_dies_with_its_controller_and_nothing_of_it_is_left(
    tmp_path: Path, intervals: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    with subprocess.Popen([sys.executable, "-c", CONTROLLER], stdout=subprocess.PIPE) as controller:
        assert controller.stdout is not None
        pid = int(await asyncio.to_thread(controller.stdout.readline))
        os.kill(pid, 0)
        child = int(Path(f"{intervals}.child").read_text())
        os.kill(child, 0)
        controller.send_signal(signal.SIGKILL)
        await until_dead(pid)
        await until_dead(child)
    assert list(temporary.iterdir()) == []


async def test_the_guard_ends_the_groups_that_it_was_not_told_to_forget() -> None:
    guard = GroupGuard()
    groups = [subprocess.Popen(["sleep", "3600"], start_new_session=True) for _ in range(2)]
    kept, ended = groups
    try:
        guard.start()
        for group in groups:
            guard.watch(group.pid)
        guard.forget(kept.pid)
        guard.close()
        assert ended.wait() == -signal.SIGKILL
        assert kept.poll() is None
    finally:
        for group in groups:
            group.kill()
            group.wait()


async def test_output_passes_through_with_a_name_before_each_line(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    reading, writing = os.pipe()
    pipe = OutputPipe("host/mail.send-1", 2, reading, prefixed_sink)
    os.write(writing, b"one\ntwo\nthr")
    os.write(writing, b"ee")
    os.close(writing)
    await pipe.drained()
    assert capfdbinary.readouterr().err == b"mail.send-1 | one\nmail.send-1 | two\nmail.send-1 | three\n"
    assert pipe.last_lines() == "one\ntwo\nthree"
