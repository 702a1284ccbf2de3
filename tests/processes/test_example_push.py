"""The example of push, run as its first lines say: one platform, somebody's HTTP server, tasks and events."""

import json
import shutil
import sys
from pathlib import Path
from typing import Any, Final

from tests.processes.cli_runner import dev, penstock, running

FOLDER: Final = Path(__file__).parents[2] / "examples" / "push"


def told(here: Path, *arguments: str) -> Any:
    done = penstock(*arguments, "--json", folder=here)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_tasks_and_events_go_to_somebodys_server(tmp_path: Path) -> None:
    here = Path(shutil.copytree(FOLDER, tmp_path / "push"))
    with (
        running([sys.executable, "receiver.py", "0", "secret"], here) as receiver,
        dev(here) as platform,
    ):
        url = receiver.wait_for("listening").split()[-1]
        made = penstock("endpoints", "add", "billing.charge", url, folder=here)
        assert made.returncode == 0, made.stderr
        assert "only time" in made.stderr
        (here / "secret").write_text(made.stdout)
        platform.wait_for(lambda line: "push" in line and "ready" in line)

        task = penstock("schedule", "billing.charge", '{"order": 7}', "--wait", folder=here)
        assert task.returncode == 0, task.stderr
        assert '{"charged": {"order": 7}}' in task.stdout
        receiver.wait_for('penstock.task {"order": 7}')

        events = penstock("endpoints", "add", "audit.seen", url, "--stream=orders", "--from-beginning", folder=here)
        (here / "secret").write_text(events.stdout)
        sent = penstock("publish", "orders", "--subject=7", "--type=order.paid", '--data={"total": 12}', folder=here)
        assert sent.returncode == 0, sent.stderr
        receiver.wait_for('order.paid {"total": 12}')

        [audit, billing] = told(here, "endpoints", "list")
        assert (audit["lambda"], audit["stream"], billing["stream"]) == ("audit.seen", "orders", None)
        assert billing["enabled"]
        shown = told(here, "endpoints", "disable", "billing.charge", "--reason=on holiday")
        assert shown["disabled_because"] == "on holiday"
        assert told(here, "endpoints", "enable", "billing.charge")["enabled"]
        assert "whsec_" in penstock("endpoints", "rotate", "billing.charge", folder=here).stdout
        facts = penstock("endpoints", "show", "billing.charge", folder=here)
        assert url in facts.stdout
        refused = penstock("endpoints", "add", "billing.charge", "https://169.254.169.254/", folder=here)
        assert refused.returncode == 2
        assert "endpoint_forbidden" in refused.stderr
        assert "Traceback" not in refused.stderr
        assert penstock("endpoints", "remove", "billing.charge", folder=here).returncode == 0
        assert penstock("endpoints", "show", "billing.charge", folder=here).returncode == 1
