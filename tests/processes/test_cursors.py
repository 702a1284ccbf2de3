"""Cursors at the command line: verify, refresh, a dead event that is redriven and one that is skipped."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any

import pytest

from penstock import App, Event
from penstock.filters import any_of, exact, sql
from tests.processes.cli_runner import PATIENCE_S, penstock
from tests.processes.platform_fixture import Platform, Server, platform

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

__all__ = ["platform"]

APP = r"""
from pathlib import Path
from penstock import App, Event, EventFailed, FatalFailure
from penstock.filters import any_of, exact, sql

app = App("mill")

@app.on("grain")
def grind(events: list[Event]) -> None:
    for event in events:
        if event.data == "stone" and not Path("crusher").exists():
            raise EventFailed(event) from FatalFailure("a stone")

@app.on("grain", after=[grind], filter=any_of(sql("spoiled = 'no'"), exact(type="poured")))
def bake(events: list[Event]) -> None: ...
"""


def run(platform: Platform, *arguments: str) -> subprocess.CompletedProcess[str]:
    return penstock(*arguments, folder=platform.folder, environment={"PENSTOCK_ADDRESS": platform.address})


def answer(platform: Platform, *arguments: str) -> Any:
    done = run(platform, *arguments, "--json")
    assert done.returncode in {0, 1}, done.stderr
    return json.loads(done.stdout)


def until(condition: Callable[[], Any]) -> Any:
    """Polls, for a program that is not broken only a moment."""
    ends_s = time.monotonic() + PATIENCE_S
    while not (found := condition()):
        assert time.monotonic() < ends_s
        time.sleep(0.1)
    return found


def ready(worker: Server, *lambdas: str) -> None:
    until(lambda: all(re.search(rf"/{re.escape(name)}-\d+: ready", worker.log.read_text()) for name in lambdas))


def test_what_stands_is_seen_explained_and_moved(platform: Platform) -> None:
    (platform.folder / "mill.py").write_text(APP)
    app = App("mill", address=platform.address)
    with platform.worker("mill:app") as worker:
        ready(worker, "mill.grind", "mill.bake")
        corn, stone, more = app.publish_many_sync(
            Event("grain", "sack", "poured", each) for each in ("corn", "stone", "corn")
        )
        app.publish_sync("grain", subject="bowl", type="poured", data="corn")
        until(lambda: answer(platform, "cursors", "list", "--stream", "grain")[1]["blocked"] == 1)
        done = run(platform, "verify", "grain", "--wait", "1s")
        assert done.returncode == 1
        assert done.stdout.startswith("grain: 2 behind, of 2 subjects, for mill.bake, mill.grind")
        explained = run(platform, "cursors", "explain", "mill.grind", "sack").stdout
        assert f"blocked by event {stone}, dead after 1 attempt" in explained
        assert "FatalFailure: a stone); redrive or skip it" in explained
        waiting = run(platform, "cursors", "explain", "mill.bake", "sack").stdout
        assert f"waits for mill.grind, which has completed {corn}" in waiting
        shown = answer(platform, "cursors", "show", "mill.grind")
        assert [each["subject"] for each in shown["subjects"]] == ["sack"]
        assert [each["sequence"] for each in shown["dead_events"]] == [stone]
        assert run(platform, "refresh", "grain", "--now").returncode == 0
        found = until(lambda: answer(platform, "refresh", "grain")["findings"])
        assert [(each["subscription"], each["trouble"]) for each in found] == [("mill.grind", "dead event")]

        refused = run(platform, "cursors", "skip", "mill.grind", "sack", str(more), "--reason", "no")
        assert (refused.returncode, "Traceback" in refused.stderr) == (2, False)
        assert f"the event that comes next is {stone}" in refused.stderr
        assert run(platform, "cursors", "redrive", "mill.grind", "sack", str(stone)).returncode == 0
        until(lambda: answer(platform, "cursors", "show", "mill.grind")["blocked"] == 1)
        skipped = run(platform, "cursors", "skip", "mill.grind", "sack", str(stone), "--reason", "no crusher")
        assert f"event {stone} is skipped; the cursor stands at {stone}" in skipped.stdout

        done = run(platform, "verify", "--wait", "60s")
        assert done.returncode == 0, done.stdout
        assert done.stdout.startswith("grain: complete up to ")
        orders = answer(platform, "cursors", "show", "mill.grind", "--subject", "sack")["orders"]
        assert [(each["order"], each["reason"]) for each in orders] == [("skip", "no crusher"), ("redrive", "")]
        assert "complete up to" in run(platform, "cursors", "explain", "mill.bake", "sack").stdout
        until(lambda: answer(platform, "cursors", "show", "mill.bake")["filter_failures"])
        baked = answer(platform, "cursors", "show", "mill.bake")
        assert baked["filter"] == any_of(sql("spoiled = 'no'"), exact(type="poured"))
        assert baked["filter_failures"]["error"] == "missingAttribute: the event has no attribute spoiled"
        words = run(platform, "cursors", "show", "mill.bake").stdout
        assert "times, events for which an expression failed" in words
        assert "missingAttribute: the event has no attribute spoiled" in words


def test_what_nobody_told_of_is_found(platform: Platform) -> None:
    (platform.folder / "mill.py").write_text(APP.replace('"grain"', '"flour"').replace('"mill"', '"store"'))
    app = App("store", address=platform.address)
    app.publish_sync("flour", subject="bin", type="poured", data="old")
    with platform.worker("mill:app") as worker:
        ready(worker, "store.grind", "store.bake")
        assert answer(platform, "verify", "flour")[0]["complete"], "it began after that"
        # As if the ping of the next event were lost: the rows are as they were.
        app.publish_sync("flour", subject="bin", type="poured", data="new")
        until(lambda: answer(platform, "verify", "flour")[0]["complete"])
        rows = platform.sql("delete from penstock.delivery where subject = 'bin' returning id")
        assert len(rows) == 2
        assert run(platform, "refresh", "flour", "--now").returncode == 0
        assert run(platform, "verify", "flour", "--wait", "60s").returncode == 0
        assert len(platform.sql("select from penstock.delivery where subject = 'bin'")) == 2


WRONG = [
    (("verify", "no name"), "STREAM: 'no name' is not a name"),
    (("verify", "nobodys"), "nobody subscribes to a stream 'nobodys'"),
    (("verify", "--subscription", "nodot"), "--subscription: 'nodot' has no dot"),
    (("verify", "--wait", "soon"), "--wait: "),
    (("refresh", "--now"), "--now: needs a stream"),
    (("refresh", "nobodys"), "nobody subscribes to a stream 'nobodys'"),
    (("cursors", "show", "nodot"), "SUBSCRIPTION: 'nodot' has no dot"),
    (("cursors", "show", "no.body"), "no subscription of 'no.body'"),
    (("cursors", "explain", "no.body", ""), "SUBJECT: "),
    (("cursors", "list", "--stream", "../x"), "--stream: "),
    (("cursors", "skip", "no.body", "a", "0", "--reason", "x"), "SEQUENCE: 0 is no sequence"),
    (("cursors", "skip", "no.body", "a", "5"), "--reason: is empty"),
    (("cursors", "skip", "no.body", "a", "5", "--reason", "x"), "no subscription of 'no.body'"),
    (("cursors", "redrive", "no.body", "a" * 1_025, "5"), "SUBJECT: has 1025 bytes"),
]


@pytest.mark.parametrize(("arguments", "hint"), WRONG, ids=[" ".join(each)[:40] for each, _ in WRONG])
def test_what_means_nothing_is_refused_in_words(platform: Platform, arguments: tuple[str, ...], hint: str) -> None:
    done = run(platform, *arguments)
    assert done.returncode in {1, 2}
    assert hint in done.stderr
    assert "Traceback" not in done.stderr
