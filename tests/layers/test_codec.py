"""The wire codec: what goes in comes out, and what is malformed is refused with its place."""

from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.model.errors import InvalidInput
from penstock.model.identity import TaskId
from penstock.model.lane import Priority
from penstock.model.lifecycle import REPORTABLE, Event
from penstock.model.limits import ERROR_MESSAGE_BYTES_MAX, PROGRESS_MESSAGE_BYTES_MAX, TRACEBACK_BYTES_MAX
from penstock.model.progress import Progress
from penstock.model.task import NO_FAILURE, ClaimKey, Failure, Report
from penstock.model.work import Assignment, Beat, GateNews, HeartbeatAnswer, Hello, WorkMessage
from penstock.wire import codec
from penstock.wire.v1 import penstock_pb2 as pb

ids = st.binary(min_size=16, max_size=16).map(TaskId)
claims = st.integers(1, 2**31 - 1)
texts = st.text(st.characters(codec="utf-8"), max_size=20)
LAMBDAS = ("mail.send", "mail.news")
BOGUS = cast("pb.Ending", 99)

assignments = st.builds(
    Assignment,
    id=ids,
    claim=claims,
    lambda_name=st.sampled_from(LAMBDAS),
    payload=st.binary(max_size=50),
    tries=st.integers(0, 1000),
    scheduled_at_us=st.integers(0, 2**62),
    collection=texts,
    priority=st.sampled_from(Priority),
)
kept_texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
failures = st.builds(Failure, type=kept_texts, message=kept_texts, traceback=kept_texts) | st.just(NO_FAILURE)
reports = st.builds(
    Report,
    id=ids,
    claim=claims,
    ending=st.sampled_from(sorted(REPORTABLE)),
    result=st.binary(max_size=50),
    result_left_out=st.booleans(),
    run_us=st.integers(0, 2**62),
    failure=failures,
    retry_delay_s=st.none() | st.floats(0, 1000),
    executor=st.just("host/1"),
    upto=st.integers(0, 2**63 - 1),
    failed_at=st.integers(0, 2**63 - 1),
)


@given(st.lists(assignments, max_size=5), st.integers(1, 2**62), st.lists(st.builds(ClaimKey, ids, claims), max_size=3))
def test_a_work_message_survives_the_wire(tasks: list[Assignment], stamp_us: int, cancels: list[ClaimKey]) -> None:
    told_us = stamp_us if tasks else 0
    gates = GateNews(stamp_us, frozenset({(LAMBDAS[0], ""), (LAMBDAS[1], "letters")})) if cancels else None
    message = WorkMessage(tasks, told_us, cancels, ["mail.send"], 30.0, 5.0, told_us, gates)
    wire = codec.message_to_wire(message, {name: at for at, name in enumerate(LAMBDAS)})
    assert codec.message_from_wire(pb.WorkReply.FromString(wire.SerializeToString()), LAMBDAS) == message


@given(st.lists(reports, max_size=5))
def test_reports_survive_the_wire(sent: list[Report]) -> None:
    wire = codec.reports_to_wire("host/1", sent).SerializeToString()
    assert codec.reports_from_wire(pb.SetResultsRequest.FromString(wire)) == sent


def test_texts_that_no_store_can_keep_are_brought_within_its_limits() -> None:
    error = pb.ResultError(type="T\x00", message="m\x00" + "ä" * 100_000, traceback="x" * 100_000 + "the end")
    wire = pb.SetResultsRequest(
        executor="e\x00" * 500,
        task_ids=b"x" * 16,
        claims=[1],
        endings=[pb.ENDING_RAISED],
        results=[b""],
        run_us=[1],
        errors={0: error},
    )
    [report] = codec.reports_from_wire(wire)
    kept = report.failure
    assert (kept.type, kept.message[:6], kept.traceback[-7:]) == ("T\\x00", "m\\x00ä", "the end")
    assert len(kept.message.encode()) <= ERROR_MESSAGE_BYTES_MAX
    assert len(kept.traceback.encode()) <= TRACEBACK_BYTES_MAX
    assert "\x00" not in report.executor


@given(st.lists(st.builds(Beat, ids, claims, st.booleans(), st.integers(0, 2**62), st.just("host/1")), max_size=5))
def test_beats_survive_the_wire(sent: list[Beat]) -> None:
    wire = codec.beats_to_wire("host/1", sent).SerializeToString()
    assert codec.beats_from_wire(pb.HeartbeatRequest.FromString(wire)) == sent


def test_a_beat_of_a_worker_that_does_not_tell_how_long_it_runs() -> None:
    request = pb.HeartbeatRequest(executor="host/1", task_ids=bytes(16), claims=[1], started=[True])
    assert codec.beats_from_wire(request) == [Beat(TaskId(bytes(16)), 1, True, 0, "host/1")]
    request.run_us.extend([1, 2])
    with pytest.raises(InvalidInput, match="run_us"):
        codec.beats_from_wire(request)


@given(st.frozensets(ids, max_size=4), st.frozensets(ids, max_size=4))
def test_an_answer_survives_the_wire(refused: frozenset[TaskId], cancelled: frozenset[TaskId]) -> None:
    answer = HeartbeatAnswer(refused, cancelled)
    assert codec.answer_from_wire(codec.answer_to_wire(answer)) == answer


def test_a_hello_survives_the_wire() -> None:
    hello = Hello("host/1", "default", LAMBDAS, "v7", "eu-1", True)
    assert codec.hello_from_wire(codec.hello_to_wire(hello)) == hello


@pytest.mark.parametrize(
    ("request_", "place"),
    [
        (pb.SetResultsRequest(task_ids=b"x" * 15), "task_ids"),
        (pb.SetResultsRequest(task_ids=b"x" * 16), "claims"),
        (pb.SetResultsRequest(task_ids=b"x" * 16, claims=[1], endings=[BOGUS], results=[b""], run_us=[0]), "endings"),
        (
            pb.SetResultsRequest(
                task_ids=b"x" * 16, claims=[1], endings=[pb.ENDING_UNSPECIFIED], results=[b""], run_us=[0]
            ),
            "endings",
        ),
        (
            pb.SetResultsRequest(
                task_ids=b"x" * 16,
                claims=[1],
                endings=[pb.ENDING_FAILED_RETRIABLY],
                results=[b""],
                run_us=[0],
                retry_delay_s={0: -1.0},
            ),
            "retry_delay_s",
        ),
        (
            pb.SetResultsRequest(
                task_ids=b"x" * 16,
                claims=[1],
                endings=[pb.ENDING_FAILED_RETRIABLY],
                results=[b""],
                run_us=[0],
                retry_delay_s={0: float("nan")},
            ),
            "retry_delay_s",
        ),
    ],
)
def test_a_malformed_report_is_refused_with_its_place(request_: pb.SetResultsRequest, place: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        codec.reports_from_wire(request_)
    assert refused.value.field == place


@pytest.mark.parametrize(
    "hello",
    [
        pb.Hello(namespace="default"),
        pb.Hello(namespace="No Such", lambdas=["mail.send"]),
        pb.Hello(lambdas=["no-dot"]),
        pb.Hello(lambdas=["mail.send"] * 1001),
    ],
)
def test_a_malformed_hello_is_refused(hello: pb.Hello) -> None:
    with pytest.raises(InvalidInput):
        codec.hello_from_wire(hello)


def test_every_reportable_ending_has_a_number_of_its_own() -> None:
    from penstock.wire.endings import FROM_WIRE, TO_WIRE

    assert set(TO_WIRE) == set(REPORTABLE)
    assert len(FROM_WIRE) == len(TO_WIRE)
    assert Event.EXHAUSTED not in TO_WIRE


def test_progress_survives_the_wire() -> None:
    said = [None, Progress(1.5, 3, "half: \u20ac"), None, Progress(7)]
    beats = [Beat(TaskId(bytes([n]) * 16), 1, True, 5, "host/1", None, each) for n, each in enumerate(said)]
    assert codec.beats_from_wire(codec.beats_to_wire("host/1", beats)) == beats


def test_progress_of_no_claim_is_refused() -> None:
    beat = pb.HeartbeatRequest(task_ids=b"x" * 16, claims=[1], started=[True], progress={1: pb.Progress(done=1)})
    with pytest.raises(InvalidInput, match=r"^progress: 1 is no position among 1 claims"):
        codec.beats_from_wire(beat)


def test_a_heartbeat_is_not_refused_for_what_is_said_in_it() -> None:
    strange = pb.Progress(done=float("nan"), total=-3, message="a\x00" + "b" * 1_000)
    beat = pb.HeartbeatRequest(task_ids=b"x" * 16, claims=[1], started=[True], progress={0: strange})
    [read] = codec.beats_from_wire(beat)
    assert read.progress is not None
    assert (read.progress.done, read.progress.total) == (0, 0)
    assert read.progress.message.startswith("a\\x00bb")
    assert len(read.progress.message.encode()) == PROGRESS_MESSAGE_BYTES_MAX
