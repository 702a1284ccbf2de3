"""Why a task is not running, asked of real servers while a real worker comes, is busy, and goes."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from penstock.cli.main import run
from penstock.model.identity import TaskId, text_of
from penstock.wire.v1 import penstock_pb2 as pb
from tests.processes.bad_input.calls import HOUR_US, PATIENCE_S, group, schedule
from tests.processes.platform_fixture import platform

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.processes.platform_fixture import Platform

__all__ = ["platform"]

APP = """
import asyncio
from pathlib import Path
from penstock import App, Retry

app = App("late")


@app.task(retry=Retry(max_attempts=7, backoff=3600))
async def fails() -> None:
    raise ValueError("no such user")


@app.task
async def never() -> None:
    pass  # nothing is scheduled for it while a worker is there


@app.task
async def waits() -> None:
    while not Path("go").exists():
        await asyncio.sleep(0.05)
"""
FAILS, WAITS, NEVER = "late.fails", "late.waits", "late.never"


def due(name: str, count: int = 1, **columns: Any) -> pb.TaskGroup:
    return group(*[b"{}"] * count, name=name, **{"delay_us": [0], **columns})


def explained(platform: Platform, task_id: bytes, code: str, stopping: int | None = None) -> pb.ExplainTaskReply:
    """The answer, once it is that one, with so many executors on their way out."""
    give_up_s = time.monotonic() + PATIENCE_S
    while True:
        request = pb.ExplainTaskRequest(task_id=task_id)
        reply: pb.ExplainTaskReply = platform.frontend.ExplainTask(request, timeout=PATIENCE_S)
        if reply.explanation.code == code and stopping in (None, reply.attendance.stopping):
            return reply
        assert time.monotonic() < give_up_s, f"not {code}, but: {reply.explanation}"
        time.sleep(0.05)


def lane(platform: Platform, name: str) -> pb.ExplainLaneReply:
    request = pb.ExplainLaneRequest()
    setattr(request, "lambda", name)
    reply: pb.ExplainLaneReply = platform.frontend.ExplainLane(request, timeout=PATIENCE_S)
    return reply


def order(platform: Platform, state: pb.GateState, name: str) -> None:
    request = pb.SetGateRequest(state=state, reason="bounces", who="ada")
    setattr(request, "lambda", name)
    platform.frontend.SetGate(request, timeout=PATIENCE_S)


def test_each_reason_is_told_while_it_lasts(
    platform: Platform, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (platform.folder / "late.py").write_text(APP)

    def cli(*words: str) -> Any:
        assert run([*words, "--json", "--address", platform.address]) == 0
        return json.loads(capsys.readouterr().out)

    [unknown] = schedule(platform, due(WAITS))
    [later] = schedule(platform, due(WAITS, delay_us=[HOUR_US]))
    assert explained(platform, unknown, "registration").explanation.remedy
    assert lane(platform, WAITS).explanation.code == "registration"
    with platform.worker("late:app", PENSTOCK_CONCURRENCY="1"):
        running = explained(platform, unknown, "runs")
        assert running.task.executor in running.explanation.sentence
        assert any("was renewed" in note for note in running.explanation.notes)
        assert "is due only at" in explained(platform, later, "later").explanation.sentence

        [busy] = schedule(platform, due(WAITS))
        reply = explained(platform, busy, "busy")
        assert (reply.attendance.busy, reply.attendance.ready, reply.attendance.credit) == (1, 0, 0)
        assert "no credit since" in reply.explanation.sentence
        [last] = schedule(platform, due(WAITS))
        explained(platform, last, "busy")
        of_lane = lane(platform, WAITS)
        assert of_lane.explanation.code == "busy"
        [_, normal, _] = of_lane.lanes
        assert (normal.due + normal.enqueued, normal.later, normal.processing) == (2, 1, 1)
        assert 0 < normal.oldest_due_us < of_lane.now_us

        order(platform, pb.GATE_STATE_PAUSE, WAITS)
        [held] = schedule(platform, due(WAITS))
        reply = explained(platform, held, "gate")
        assert "by ada" in reply.explanation.sentence
        assert reply.explanation.sentence.endswith("until somebody opens it: bounces.")
        assert explained(platform, last, "gate").gate.who == "ada"
        assert cli("tasks", "explain", "--lambda", WAITS, "--priority", "normal")["gates"][0]["reason"] == "bounces"
        order(platform, pb.GATE_STATE_OPEN, WAITS)

        (platform.folder / "go").touch()
        assert "in success" in explained(platform, last, "ended").explanation.sentence
        [failed] = schedule(platform, due(FAILS))
        reply = explained(platform, failed, "backing_off")
        assert "(ValueError: no such user; attempt 1 of 7) and backs off until" in reply.explanation.sentence

    [alone] = schedule(platform, due(FAILS))
    reply = explained(platform, alone, "no_worker", stopping=0)
    assert reply.explanation.sentence == f"No worker serves {FAILS} now."
    assert reply.attendance == pb.Attendance()
    assert reply.HasField("attendance")

    for _ in range(3):
        schedule(platform, due(NEVER, 300))  # more than its window holds
    [back] = schedule(platform, due(NEVER))
    reply = explained(platform, back, "no_worker")
    assert 0 < reply.older <= 900
    assert f"behind {reply.older} older due tasks of its lane" in " ".join(reply.explanation.notes)

    told = cli("tasks", "explain", text_of(TaskId(alone)))
    assert (told["code"], told["task"]["status"], told["executors"]["ready"]) == ("no_worker", "enqueued", 0)
    assert run(["tasks", "explain", text_of(TaskId(failed)), "--address", platform.address]) == 0
    out = capsys.readouterr().out
    assert out.startswith("It failed (ValueError")
    assert f"penstock tasks show {text_of(TaskId(failed))}" in out
    assert run(["tasks", "explain", "--lambda", FAILS, "--address", platform.address]) == 0
    assert capsys.readouterr().out.startswith(f"No worker serves {FAILS} now.")
    found = {(each["lambda"], each["priority"]): each for each in cli("lanes")}
    assert found[FAILS, "normal"]["backing_off"] == 1
    assert found[FAILS, "normal"]["oldest_due_age_s"] > 0
    assert found[WAITS, "normal"]["later"] == 1
    assert run(["lanes", "--address", platform.address]) == 0
    assert FAILS in capsys.readouterr().out
