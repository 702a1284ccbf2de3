"""The example of push, run as its first lines say: one platform, somebody's HTTP server, tasks and events."""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from penstock.cli.main import run
from tests.processes.cli_runner import dev, running

FOLDER: Final = Path(__file__).parents[2] / "examples" / "push"

Said = tuple[int, str, str]


@pytest.fixture
def penstock(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """One command; its exit code, and what it wrote to its two outputs."""

    def command(*arguments: str) -> Said:
        capsys.readouterr()
        code = run(arguments)
        return code, *capsys.readouterr()

    return command


def test_tasks_and_events_go_to_somebodys_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, penstock: Callable[..., Said]
) -> None:
    here = Path(shutil.copytree(FOLDER, tmp_path / "push"))
    monkeypatch.chdir(here)
    with running([sys.executable, "receiver.py", "0", "secret"], here) as receiver, dev(here) as platform:
        url = receiver.wait_for("listening").split()[-1]
        code, secret, words = penstock("endpoints", "add", "billing.charge", url)
        assert (code, "only time" in words) == (0, True)
        (here / "secret").write_text(secret)
        platform.wait_for(lambda line: "push" in line and "ready" in line)

        code, result, _ = penstock("schedule", "billing.charge", '{"order": 7}', "--wait")
        assert (code, '{"charged": {"order": 7}}' in result) == (0, True)
        receiver.wait_for('penstock.task {"order": 7}')

        code, secret, _ = penstock("endpoints", "add", "audit.seen", url, "--stream=orders", "--from-beginning")
        (here / "secret").write_text(secret)
        assert penstock("publish", "orders", "--subject=7", "--type=order.paid", '--data={"total": 12}')[0] == 0
        receiver.wait_for('order.paid {"total": 12}')
        check_orders(penstock, url)


def check_orders(penstock: Callable[..., Said], url: str) -> None:
    """The other verbs, on what stands."""

    def told(*arguments: str) -> Any:
        code, shown, problem = penstock("endpoints", *arguments, "--json")
        assert code == 0, problem
        return json.loads(shown)

    audit, billing = told("list")
    assert (audit["lambda"], audit["stream"], billing["stream"]) == ("audit.seen", "orders", None)
    assert "billing.charge" in penstock("endpoints", "list")[1]
    shown = told("disable", "billing.charge", "--reason=on holiday")
    assert (shown["enabled"], shown["disabled_because"]) == (False, "on holiday")
    assert told("enable", "billing.charge")["enabled"]
    assert told("rotate", "billing.charge", "--both=1h")["secret"].startswith("whsec_")
    assert url in penstock("endpoints", "show", "billing.charge")[1]
    for arguments, problem in (
        (("add", "billing.charge", url), "is an endpoint already; --replace puts this in its place"),
        (("add", "billing.charge", "https://169.254.169.254/", "--replace"), "endpoint_forbidden"),
        (("add", "billing.charge", url, "--header=Host: x", "--replace"), "Host"),
        (("add", "billing.charge", url, "--batch=2"), "--stream"),
        (("add", "billing.charge", url, "--timeout=soon"), "--timeout"),
    ):
        code, _, words = penstock("endpoints", *arguments)
        assert (code, problem in words, "Traceback" in words) == (2, True, False), words
    assert penstock("endpoints", "remove", "billing.charge")[0] == 0
    code, _, words = penstock("endpoints", "show", "billing.charge")
    assert (code, "is no endpoint" in words) == (1, True)
