"""`penstock dev` for real: engines, servers, a worker, and everybody who asks them."""

import asyncio
import json
import os
import signal
import socket
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from penstock.cli import platform
from penstock.cli.ports import free_port
from penstock.settings import load_settings
from tests.processes.cli_runner import PATIENCE_S, Running, clean_environment, dev, penstock, running
from tests.processes.executor_worker import is_alive

SHOP = """
import asyncio
import time
from penstock import App, Retry

app = App("shop")

@app.task
async def add(a: int, b: int) -> int:
    print("adding", a, b, flush=True)
    return a + b

@app.task(retry=Retry(max_attempts=2, backoff=0.01))
def fail(why: str) -> None:
    raise ValueError(f"no: {why}")

@app.task
async def linger() -> None:
    await asyncio.Event().wait()

@app.task
def sleep_long() -> None:
    print("falling asleep", flush=True)
    time.sleep(3600)
"""

Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Running]]:
    folder = tmp_path_factory.mktemp("shop")
    (folder / "shop.py").write_text(SHOP)
    with dev(folder, "shop:app") as it:
        yield folder, it


@pytest.fixture
def ask(shop: tuple[Path, Running]) -> Ask:
    """Runs a verb with --json in the shop's folder; what it printed, and with which exit code."""

    def run(*arguments: str, text: str | None = None, code: int = 0) -> Any:
        done = penstock(*arguments, "--json", folder=shop[0], text=text)
        assert done.returncode == code, done.stderr
        return json.loads(done.stdout) if done.stdout else done.stderr

    return run


def test_a_task_is_scheduled_run_and_shown(ask: Ask, shop: tuple[Path, Running]) -> None:
    task = ask("schedule", "shop.add", '{"a": 1, "b": 2}', "--wait", "--collection", "sums")
    assert (task["status"], task["result"], task["attempts"]) == ("success", 3, 1)
    shop[1].wait_for("adding 1 2")
    assert [each["id"] for each in ask("tasks", "list", "--collection", "sums")] == [task["id"]]
    assert not {"payload", "history"} & set(ask("tasks", "list", "--collection", "sums")[0]), "no list is given them"
    shown = ask("tasks", "show", task["id"])
    assert shown["payload"] == {"a": 1, "b": 2}
    assert shown["created_at"] <= shown["finished_at"]


def test_a_failure_is_told_with_its_traceback_and_history(ask: Ask, shop: tuple[Path, Running]) -> None:
    task = ask("schedule", "shop.fail", '{"why": "\\u001b[31mred"}', "--wait", code=1)
    assert (task["status"], task["reason"], task["attempts"]) == ("dead", "budget", 2)
    page = penstock("tasks", "show", task["id"], folder=shop[0]).stdout
    assert "ValueError: no: \\x1b[31mred" in page
    assert "\x1b" not in page
    assert "line " in page
    assert page.count("raised") >= 2
    [again] = ask("tasks", "retry", task["id"])
    assert not again["retried_before"]
    assert ask("tasks", "show", again["retried_as"])["retry_of"] == task["id"]
    assert ask("tasks", "retry", task["id"]) == [{**again, "retried_before": True}]
    told = penstock("tasks", "retry", task["id"], folder=shop[0]).stdout
    assert told == f"{task['id']}  {again['retried_as']}  retried before\n"


def test_who_runs_a_task_is_shown_while_it_runs(ask: Ask, shop: tuple[Path, Running]) -> None:
    task = ask("schedule", "shop.linger")["id"]
    until_s = time.monotonic() + PATIENCE_S
    while (found := ask("tasks", "show", task))["status"] != "processing":
        assert time.monotonic() < until_s, found
    assert found["scheduled_at"] <= found["started_at"] <= found["next_look_at"]
    assert "/shop.linger-" in found["executor"]
    page = penstock("tasks", "show", task, folder=shop[0]).stdout
    assert {"started", "executor"} <= {line.split()[0] for line in page.splitlines()}
    assert ask("tasks", "cancel", task)[0]["cancel_requested"]


def test_tasks_are_cancelled_by_ids_from_a_pipe(ask: Ask) -> None:
    ids = [ask("schedule", "shop.add", '{"a": 1, "b": 1}', "--delay", "1h")["id"] for _ in range(2)]
    ask("tasks", "cancel", "-", text="\n".join(ids), code=2)
    done = ask("tasks", "cancel", "-", "--yes", text="\n".join(ids))
    assert [(each["id"], each["status"]) for each in done] == [(each, "cancelled") for each in ids]
    assert {each["id"] for each in ask("tasks", "list", "--status", "cancelled")} >= set(ids)


def test_one_id_that_nobody_knows_does_not_keep_the_others(ask: Ask) -> None:
    task = ask("schedule", "shop.add", '{"a": 1, "b": 1}', "--delay", "1h")["id"]
    unknown = "01999999-0000-7000-8000-000000000000"
    done = ask("tasks", "cancel", unknown, task, "--yes", code=1)
    assert "error" in done[0]
    assert done[1]["status"] == "cancelled"


def test_a_key_names_one_task(ask: Ask) -> None:
    line = ("schedule", "shop.add", '{"a": 1, "b": 1}', "--delay", "1h", "--key", "k1")
    assert ask(*line) == ask(*line)
    assert "conflict" in ask("schedule", "shop.add", '{"a": 2, "b": 1}', "--delay", "1h", "--key", "k1", code=1)


def test_a_limit_is_kept(ask: Ask) -> None:
    for _ in range(3):
        ask("schedule", "shop.add", '{"a": 0, "b": 0}', "--delay", "1h", "--collection", "three")
    assert len(ask("tasks", "list", "--collection", "three", "--limit", "2")) == 2
    assert len(ask("tasks", "list", "--collection", "three", "--since", "1h")) == 3
    assert ask("tasks", "list", "--collection", "three", "--since", "2099-01-01") == []


def test_doctor_says_that_all_is_well(ask: Ask) -> None:
    report = ask("doctor")
    assert report["well"]
    assert {"engines", "platform", "limits", "machine", "settings"} <= {each["area"] for each in report["findings"]}


def test_a_second_platform_in_the_folder_is_refused_in_one_line(shop: tuple[Path, Running]) -> None:
    done = penstock("dev", folder=shop[0])
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert penstock("tasks", "list", folder=shop[0]).returncode == 0


def test_two_projects_run_side_by_side(shop: tuple[Path, Running], tmp_path: Path) -> None:
    with dev(tmp_path) as other:
        assert penstock("doctor", folder=tmp_path).returncode == 0
        assert penstock("doctor", folder=shop[0]).returncode == 0
        ours, theirs = ((folder / ".penstock" / "address").read_text() for folder in (shop[0], tmp_path))
        assert ours != theirs
        urls = [(folder / ".penstock" / "http_address").read_text().strip() for folder in (shop[0], tmp_path)]
        for url in urls:
            with urllib.request.urlopen(f"{url}/readyz") as ready:
                assert ready.status == 200
        assert len(set(urls)) == 2
        assert urls[1] in penstock("doctor", folder=tmp_path).stdout
        assert other.end(signal.SIGINT) == 0
    assert not list((tmp_path / ".penstock").glob("*address"))


def test_a_server_that_dies_comes_back_at_its_address(shop: tuple[Path, Running], ask: Ask) -> None:
    it = shop[1]
    child = _child(it, "frontend")
    child.kill()
    it.wait_for("starts again")
    it.wait_for("frontend     | ready at")
    assert ask("schedule", "shop.add", '{"a": 2, "b": 2}', "--wait")["result"] == 4


def test_ctrl_c_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(SHOP)
    with dev(tmp_path, "shop:app") as it:
        it.wait_for("ready")
        family = psutil.Process(it.process.pid).children(recursive=True)
        assert it.end(signal.SIGINT) == 0
    _, alive = psutil.wait_procs(family, timeout=PATIENCE_S)
    assert not alive
    stops = [line for line in it.lines if line.endswith((" stops", "stopped")) and not line.startswith("penstock")]
    assert [line.split("|")[0].strip() for line in stops] == ["orchestrator", "frontend", "engines"]


def test_a_second_ctrl_c_does_not_wait_for_what_runs(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(SHOP)
    # A grace beyond our patience: only the second signal can end it in time.
    with dev(tmp_path, "shop:app", PENSTOCK_STOP_GRACE_S="3600") as it:
        penstock("schedule", "shop.sleep_long", folder=tmp_path)
        it.wait_for("falling asleep")
        it.process.send_signal(signal.SIGINT)
        it.wait_for("left")
        assert it.end(signal.SIGINT) == 0
    assert not [line for line in it.lines if "starts again" in line]


def test_after_a_kill_the_children_go_and_the_next_start_takes_over(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(SHOP)
    with dev(tmp_path, "shop:app") as it:
        it.wait_for("ready")
        family = psutil.Process(it.process.pid).children(recursive=True)
        ours = [each for each in family if _is_python(each)]
        assert len(ours) >= 4
        task = penstock("schedule", "shop.add", '{"a": 1, "b": 1}', "--delay", "1h", folder=tmp_path).stdout.strip()
        it.process.kill()
        it.process.wait(PATIENCE_S)
        _, alive = psutil.wait_procs(ours, timeout=PATIENCE_S)
        assert not alive
    with dev(tmp_path) as again:
        assert penstock("tasks", "show", task, folder=tmp_path).returncode == 0
        assert again.end(signal.SIGTERM) == 0
    _, alive = psutil.wait_procs(family, timeout=PATIENCE_S)
    assert not [each for each in alive if is_alive(each.pid)]


def test_reload_runs_the_changed_code(tmp_path: Path) -> None:
    app = tmp_path / "shop.py"
    app.write_text(SHOP)
    with dev(tmp_path, "shop:app", "--reload") as it:
        it.wait_for("ready")
        app.write_text(SHOP.replace("return a + b", "return a * b * 100"))
        it.wait_for("shop.py changed")
        it.wait_for("ready")
        done = penstock("schedule", "shop.add", '{"a": 2, "b": 3}', "--wait", "--json", folder=tmp_path)
        assert json.loads(done.stdout)["result"] == 600


def test_servers_and_a_worker_run_on_engines_of_ones_own(shop: tuple[Path, Running], tmp_path: Path) -> None:
    """The engines of the shop stand for one's own: found by URL, with a NATS prefix apart from the shop's."""
    addresses = _engine_addresses(_child(shop[1], "frontend"))
    done = penstock("migrate", folder=tmp_path, environment=addresses)
    assert (done.returncode, done.stdout) == (0, "up to date\n")
    own = {**addresses, "PENSTOCK_FRONTEND_PORT": "0", "PENSTOCK_ORCHESTRATOR_PORT": "0", "PENSTOCK_NATS_PREFIX": "own"}
    with running([sys.executable, "-m", "penstock.cli", "server", "--role", "frontend"], tmp_path, **own) as server:
        address = server.wait_for("ready at").split()[-1]
        assert penstock("tasks", "list", "--address", address, folder=tmp_path).returncode == 0
        assert server.end(signal.SIGTERM) == 0


def test_the_example_of_the_readme_runs(tmp_path: Path) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    example = readme.partition("```python\n")[2].partition("```")[0]
    assert example.startswith("# mail.py")
    assert len([line for line in example.splitlines() if line.strip()]) <= 24
    (tmp_path / "mail.py").write_text(example)
    with dev(tmp_path, "mail:app"), running([sys.executable, "mail.py"], tmp_path) as client:
        client.wait_for("sent welcome to ada@example.org")
        client.wait_for("sent reset to ada@example.org")
        assert client.end() == 0


def _child(it: Running, role: str) -> psutil.Process:
    """Waited for: it may be between two lives."""
    until_s = time.monotonic() + PATIENCE_S
    while True:
        for each in psutil.Process(it.process.pid).children():
            with suppress(psutil.Error):
                if role in each.cmdline():
                    return each
        assert time.monotonic() < until_s, f"no {role} runs"
        time.sleep(0.02)


def _engine_addresses(server: psutil.Process) -> dict[str, str]:
    environment = server.environ()
    return {name: environment[name] for name in ("PENSTOCK_POSTGRES_URL", "PENSTOCK_NATS_URL")}


def _is_python(process: psutil.Process) -> bool:
    try:
        return os.path.basename(process.exe()).startswith("python")  # noqa: PTH119
    except psutil.Error:
        return False


def test_the_environment_of_tests_is_clean() -> None:
    settings = {name: value for name, value in clean_environment().items() if name.startswith("PENSTOCK_")}
    assert settings == {"PENSTOCK_HTTP_PORT": "0"}  # any free one: many platforms run side by side


def test_a_port_that_is_taken_at_the_last_moment_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as rival:
        rival.bind(("127.0.0.1", 0))
        rival.listen()
        choices = [rival.getsockname()[1]]
        monkeypatch.setattr(
            platform, "free_port", lambda host, wanted: choices.pop() if choices else free_port(host, 0)
        )
        said: list[str] = []
        settings = load_settings(folder=tmp_path / "own", postgres_url="", nats_url="")
        it = platform.LocalPlatform(settings, "", lambda name, line: said.append(line))

        async def start_and_stop() -> str:
            await it.start()
            address = it.address
            await it.stop()
            return address

        assert asyncio.run(start_and_stop())
    assert [line for line in said if "trying the next one" in line]
