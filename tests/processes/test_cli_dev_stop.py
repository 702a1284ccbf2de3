"""`penstock dev --stop`, and what doctor says of engines that a killed `dev` left behind."""

import json
from pathlib import Path

import psutil

from tests.processes.cli_runner import PATIENCE_S, dev, penstock
from tests.processes.executor_worker import is_alive


def engines_of(folder: Path) -> dict[str, int]:
    state = json.loads((folder / ".penstock" / "engines.json").read_text())
    return {name: state[name]["pid"] for name in ("nats", "postgres")}


def findings(folder: Path) -> dict[str, tuple[str, str]]:
    """What doctor says of each embedded engine."""
    report = json.loads(penstock("doctor", "--json", folder=folder).stdout)["findings"]
    return {each["subject"]: (each["verdict"], each["text"]) for each in report if "embedded" in each["subject"]}


def test_what_a_killed_dev_left_behind_is_told_and_ended(tmp_path: Path) -> None:
    with dev(tmp_path) as it:
        for verdict, text in findings(tmp_path).values():
            assert (verdict, f"process {it.process.pid} stops it" in text) == ("fact", True)
        pids = engines_of(tmp_path)
        it.process.kill()
        it.process.wait(PATIENCE_S)
    for name, pid in pids.items():
        verdict, text = findings(tmp_path)[f"embedded {name}"]
        assert verdict == "warning"
        assert f"pid {pid}, data in {tmp_path / '.penstock' / name}" in text
        assert "`penstock dev --stop` ends it" in text
    done = penstock("dev", "--stop", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    both = f"{pids['nats']} and {pids['postgres']}"
    assert done.stdout == f"ended process {both}, left behind in {tmp_path / '.penstock'}\n"
    assert not [pid for pid in pids.values() if is_alive(pid)]
    assert not (tmp_path / ".penstock" / "address").exists()
    assert {verdict for verdict, _ in findings(tmp_path).values()} == {"warning"}, "they do not run"


def test_a_living_dev_is_asked_to_stop(tmp_path: Path) -> None:
    with dev(tmp_path) as it:
        family = psutil.Process(it.process.pid).children(recursive=True)
        done = penstock("dev", "--stop", folder=tmp_path)
        assert done.returncode == 0, done.stderr
        assert done.stdout == f"process {it.process.pid}, which ran {tmp_path / '.penstock'}, has stopped\n"
        assert it.end() == 0
    assert not [each.pid for each in family if is_alive(each.pid)]


def test_nothing_to_stop_is_no_failure(tmp_path: Path) -> None:
    done = penstock("dev", "--stop", folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, f"nothing runs in {tmp_path / '.penstock'}\n")
    assert not list(tmp_path.iterdir())
    assert penstock("dev", "shop:app", "--stop", folder=tmp_path).returncode == 2
