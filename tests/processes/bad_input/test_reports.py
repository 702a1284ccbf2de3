"""Rows 5, 22, 23: heartbeats and results that are stale, foreign, too large or wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from penstock.model.limits import ERROR_MESSAGE_BYTES_MAX, RESULT_BYTES_MAX, TRACEBACK_BYTES_MAX
from penstock.wire.v1 import penstock_pb2 as pb
from tests.processes.bad_input.calls import (
    INVALID,
    NOBODY,
    PATIENCE_S,
    claimed,
    group,
    hello,
    refusal,
    results,
    schedule,
    task,
    work,
)

if TYPE_CHECKING:
    from tests.processes.platform_fixture import Platform

NAN = float("nan")
UINT64_MAX = 2**64 - 1
Key = tuple[bytes, int]


@pytest.fixture(scope="module")
def current(platform: Platform) -> Key:
    """A claim that holds until the session ends."""
    return claimed(platform, "shop.current")[0]


@pytest.fixture(scope="module")
def stale(platform: Platform, current: Key) -> list[Key]:
    """Claims that are not current: of an ended task, one that waits, one that nobody has, old and future ones."""
    [ended] = claimed(platform, "shop.ended")
    assert not set_results(platform, results([ended])).refused
    [waits] = schedule(platform, group())
    task_id, claim = current
    return [ended, (ended[0], ended[1] + 1), (waits, 0), (waits, 1), (NOBODY, 1), (task_id, claim - 1), (task_id, 2)]


def set_results(platform: Platform, request: pb.SetResultsRequest) -> pb.SetResultsReply:
    reply: pb.SetResultsReply = platform.orchestrator.SetResults(request, timeout=PATIENCE_S)
    return reply


def beat(keys: list[Key], **columns: Any) -> pb.HeartbeatRequest:
    columns = {"claims": [claim for _, claim in keys], "started": [True] * len(keys), **columns}
    return pb.HeartbeatRequest(executor="raw/1", task_ids=b"".join(task_id for task_id, _ in keys), **columns)


@pytest.mark.parametrize("started", [True, False])
@pytest.mark.usefixtures("unchanged")
def test_a_heartbeat_that_is_not_current_is_refused_by_id(platform: Platform, stale: list[Key], started: bool) -> None:
    for key in stale:
        reply = platform.orchestrator.Heartbeat(beat([key], started=[started]), timeout=PATIENCE_S)
        assert reply.refused == key[0]


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("ending", [number for number in pb.Ending.values() if number], ids=pb.Ending.Name)
def test_a_result_that_is_not_current_is_refused_by_id(platform: Platform, stale: list[Key], ending: int) -> None:
    for key in stale:
        request = results([key], endings=[ending], errors={0: pb.ResultError(type="T", message="m")}, run_us=[7])
        is_repeat = key == stale[0] and ending == pb.ENDING_SUCCEEDED  # its own first report: it may have been lost
        assert set_results(platform, request).refused == (b"" if is_repeat else key[0])


def test_stale_ones_among_current_ones_keep_nobody_back(platform: Platform, stale: list[Key]) -> None:
    keys = claimed(platform, "shop.mixed", count=2)
    reply = set_results(platform, results([stale[1], keys[0], stale[4], keys[1]]))
    assert reply.refused == stale[1][0] + stale[4][0]
    assert [task(platform, task_id).status for task_id, _ in keys] == [pb.STATUS_SUCCESS] * 2


WRONG_BEATS: list[tuple[dict[str, Any], str]] = [
    ({"task_ids": b"x" * 17}, "task_ids: has 17 bytes"),
    ({"claims": [1, 2]}, "claims: has 2 values for 1 ids"),
    ({"claims": []}, "claims: has 0 values for 1 ids"),
    ({"claims": [2**31]}, "claims: 2147483648 is over 2147483647"),
    ({"claims": [2**32 - 1]}, "claims: 4294967295"),
]
WRONG_RESULTS: list[tuple[dict[str, Any], str]] = [
    *WRONG_BEATS,
    ({"endings": [0]}, "endings: 0"),
    ({"endings": [99]}, "endings: 99"),
    ({"endings": [-1]}, "endings: -1"),
    ({"endings": [1, 1]}, "endings: has 2 values for 1 ids"),
    ({"results": []}, "results: has 0 values for 1 ids"),
    ({"run_us": [1, 2]}, "run_us: has 2 values for 1 ids"),
    ({"run_us": [2**64 - 1]}, "run_us: 18446744073709551615"),
    ({"retry_delay_s": {0: NAN}}, "retry_delay_s: nan"),
    ({"retry_delay_s": {0: float("inf")}}, "retry_delay_s: inf"),
    ({"retry_delay_s": {0: -1}}, "retry_delay_s: -1"),
    ({"retry_delay_s": {0: 1e12}}, "retry_delay_s: 1000000000000"),
    ({"retry_delay_s": {1: 1}}, "retry_delay_s: names position 1 of 1 ids"),
    ({"errors": {5: pb.ResultError(type="T")}}, "errors: names position 5 of 1 ids"),
    ({"results_left_out": [2**32 - 1]}, "results_left_out: names position 4294967295 of 1 ids"),
]


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(("columns", "hint"), WRONG_BEATS, ids=lambda value: str(value)[:40])
def test_a_wrong_heartbeat_is_refused_whole(
    platform: Platform, current: Key, columns: dict[str, Any], hint: str
) -> None:
    request = beat([current])
    for field, value in columns.items():
        request.ClearField(field)
        request.MergeFrom(pb.HeartbeatRequest(**{field: value}))
    status, sentence = refusal(platform.orchestrator.Heartbeat, request)
    assert status is INVALID
    assert sentence.startswith(hint)


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(("columns", "hint"), WRONG_RESULTS, ids=lambda value: str(value)[:40])
def test_wrong_results_are_refused_whole(platform: Platform, current: Key, columns: dict[str, Any], hint: str) -> None:
    request = results([current])
    for field, value in columns.items():
        request.ClearField(field)
        request.MergeFrom(pb.SetResultsRequest(**{field: value}))
    status, sentence = refusal(platform.orchestrator.SetResults, request)
    assert status is INVALID
    assert sentence.startswith(hint)
    numbered = pb.NumberedResults(number=UINT64_MAX, results=request)
    with work(platform, pb.WorkRequest(hello=hello()), pb.WorkRequest(results=[numbered])) as replies:
        settled = next(each for reply in replies for each in reply.settled)
    assert (settled.number, settled.problem, settled.repeatable) == (UINT64_MAX, sentence, False)


@pytest.mark.usefixtures("unchanged")
def test_nothing_to_say_is_fine(platform: Platform) -> None:
    assert platform.orchestrator.Heartbeat(pb.HeartbeatRequest()) == pb.HeartbeatReply()
    assert set_results(platform, pb.SetResultsRequest()) == pb.SetResultsReply()


def test_a_result_at_its_limit_is_kept_and_one_byte_more_is_left_out(platform: Platform) -> None:
    (fits, over, said) = keys = claimed(platform, "shop.large", count=3)
    at_limit = b'"' + b"x" * (RESULT_BYTES_MAX - 2) + b'"'
    request = results(keys, results=[at_limit, at_limit[:-1] + b'x"', b""], results_left_out=[2])
    assert not set_results(platform, request).refused
    assert task(platform, fits[0]).result == at_limit
    for key in (over, said):
        ended = task(platform, key[0])
        assert (ended.status, ended.result, ended.result_left_out) == (pb.STATUS_SUCCESS, b"", True)


@pytest.mark.parametrize(
    "result", [b'"\xff"', b"{", b"\xef\xbb\xbf1", b"[" * 60_000, b"NaN"], ids=lambda raw: repr(raw[:9])
)
def test_a_result_that_is_no_json_ends_its_task_and_says_so(platform: Platform, result: bytes) -> None:
    """Not a loop of retries, and not a success that nobody can read."""
    (bad, good) = keys = claimed(platform, "shop.no_json", count=2)
    assert not set_results(platform, results(keys, results=[result, b"17"])).refused
    ended = task(platform, bad[0])
    assert (ended.status, ended.result, ended.error_type) == (pb.STATUS_FATAL_FAILURE, b"", "ResultInvalid")
    assert "is not JSON" in ended.error_message
    assert task(platform, good[0]).result == b"17"


def test_texts_that_are_too_long_or_that_no_store_can_keep_are_cut(platform: Platform) -> None:
    """And the neighbour's result, which shares their trip, is kept as well."""
    (bad, good) = keys = claimed(platform, "shop.texts", count=2)
    error = pb.ResultError(type="T\x00" * 1_000, message="\x00" + "ä" * 400_000, traceback="x" * 900_000 + "the end")
    request = results(keys, endings=[pb.ENDING_FAILED_FATALLY, pb.ENDING_SUCCEEDED], errors={0: error})
    request.executor = "host\x00" * 1_000
    assert not set_results(platform, request).refused
    ended = task(platform, bad[0])
    assert ended.status == pb.STATUS_FATAL_FAILURE
    assert ended.error_message.startswith("\\x00ä")
    assert len(ended.error_message.encode()) <= ERROR_MESSAGE_BYTES_MAX
    assert len(ended.traceback.encode()) <= TRACEBACK_BYTES_MAX
    assert ended.traceback.endswith("the end")
    assert len(ended.error_type) < 2_000
    assert len(ended.executor) < 500
    assert task(platform, good[0]).status == pb.STATUS_SUCCESS


def test_a_claim_that_is_reported_twice_in_one_call_ends_once(platform: Platform) -> None:
    [key] = claimed(platform, "shop.twice")
    request = results([key, key], endings=[pb.ENDING_SUCCEEDED, pb.ENDING_FAILED_FATALLY], results=[b"1", b""])
    assert set_results(platform, request).refused == key[0]
    assert task(platform, key[0]).status == pb.STATUS_SUCCESS
