"""Completed events at the command line: handed over again beside what is new, and an event that was passed over."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from penstock import App, Event
from tests.processes.platform_fixture import Platform, platform
from tests.processes.test_cursors import answer, ready, run, until

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["platform"]

APP = r"""
import json
from pathlib import Path
from penstock import App, Event, EventFailed, FatalFailure

app = App("press")

@app.on("grapes", when_dead="skip", batch=3)
def squeeze(events: list[Event]) -> None:
    for event in events:
        if event.data == "stone" and not Path("crusher").exists():
            raise EventFailed(event) from FatalFailure("a stone")
        with Path("squeezed").open("a") as file:
            file.write(json.dumps([event.subject, event.sequence]) + "\n")
"""


def squeezed(folder: Path) -> list[tuple[str, int]]:
    """All that the lambda has seen, in its order."""
    file = folder / "squeezed"
    return [tuple(json.loads(line)) for line in file.read_text().splitlines()] if file.exists() else []


def test_what_was_done_is_done_again_beside_what_is_new(platform: Platform) -> None:
    (platform.folder / "press.py").write_text(APP)
    app = App("press", address=platform.address)
    with platform.worker("press:app") as worker:
        ready(worker, "press.squeeze")
        old = {
            subject: app.publish_many_sync(Event("grapes", subject, "picked", "ripe") for _ in range(10))
            for subject in ("red", "white")
        }
        stone = app.publish_sync("grapes", subject="red", type="picked", data="stone")
        last = app.publish_sync("grapes", subject="red", type="picked", data="ripe")
        until(lambda: answer(platform, "verify", "grapes")[0]["complete"])
        first_time = [("red", each) for each in (*old["red"], last)] + [("white", each) for each in old["white"]]
        assert sorted(squeezed(platform.folder)) == sorted(first_time)

        preview = answer(
            platform, "replay", "press.squeeze", "--to", str(old["red"][4]), "--subject", "red", "--preview"
        )
        assert (preview["subjects"], preview["events"]) == (1, 5)
        (platform.folder / "squeezed").unlink()
        done = run(platform, "replay", "press.squeeze", "--reason", "a new barrel")
        assert done.returncode == 0, done.stderr
        assert "2 subjects are handed over again, below what is new" in done.stdout
        new = app.publish_many_sync(Event("grapes", "red", "picked", "ripe") for _ in range(5))
        until(lambda: len(squeezed(platform.folder)) >= len(first_time) + len(new))
        seen = squeezed(platform.folder)
        again = [each for each in seen if each not in {("red", each) for each in new}]
        for subject in ("red", "white"):
            assert [each for each in again if each[0] == subject] == [each for each in first_time if each[0] == subject]
        assert [each for _, each in seen if each in new] == new
        until(lambda: platform.sql("select count(*) from penstock.delivery where status <> 12")[0][0] == 0)
        assert len(platform.sql("select from penstock.delivery")) == 2, "and the replays are gone"

        (platform.folder / "crusher").touch()
        redriven = run(platform, "cursors", "redrive", "press.squeeze", "red", str(stone), "--reason", "a crusher")
        assert redriven.returncode == 0, redriven.stderr
        assert "it comes out of order" in redriven.stderr
        until(lambda: ("red", stone) in squeezed(platform.folder))
        until(lambda: not answer(platform, "cursors", "show", "press.squeeze")["dead_events"])
        assert [each for _, each in squeezed(platform.folder)].count(stone) == 1
        orders = answer(platform, "cursors", "show", "press.squeeze")["orders"]
        assert sorted((each["order"], each["reason"]) for each in orders) == [
            ("redrive", "a crusher"), ("replay", "a new barrel"), ("replay", "a new barrel"),
        ]  # fmt: skip
        twice = run(platform, "cursors", "redrive", "press.squeeze", "red", str(stone))
        assert re.search(r"is not dead", twice.stderr)


WRONG = [
    (("nodot", "--reason", "x"), "SUBSCRIPTION: 'nodot' has no dot"),
    (("no.body", "--reason", "x"), "no subscription of 'no.body'"),
    (("no.body",), "--reason: is empty"),
    (("no.body", "--reason", "x", "--from", "soon"), "--from: 'soon' is neither"),
    (("no.body", "--reason", "x", "--from", "1h", "--to", "2h"), "from: is after the end of the replay"),
    (
        ("no.body", "--reason", "x", "--subject", "a", "--from", "9", "--to", "8"),
        "from: is after the end of the replay",
    ),
    (("no.body", "--reason", "x", "--from", "7"), "sequences of one subject only"),
    (("no.body", "--reason", "x", "--subject", "a", "--to", "0"), "--to: 0 is no sequence"),
    (("no.body", "--reason", "x", "--subject", "a", "--to", "9" * 30), "is no sequence"),
    (("no.body", "--reason", "x", "--subject", ""), "subjects: "),
]


@pytest.mark.parametrize(("arguments", "hint"), WRONG, ids=[" ".join(each)[:40] for each, _ in WRONG])
def test_what_means_nothing_is_refused_in_words(platform: Platform, arguments: tuple[str, ...], hint: str) -> None:
    done = run(platform, "replay", *arguments)
    assert done.returncode in {1, 2}
    assert hint in done.stderr
    assert "Traceback" not in done.stderr
