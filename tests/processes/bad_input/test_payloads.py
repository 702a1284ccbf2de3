"""Rows 1, 2, 4, 5, 35: what is no payload, over gRPC."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from penstock.model.limits import PAYLOAD_BYTES_MAX, PAYLOAD_DEPTH_MAX
from tests.processes.bad_input.calls import INVALID, PATIENCE_S, group, one, refusal, schedule, task

if TYPE_CHECKING:
    from penstock.wire.v1 import penstock_pb2 as pb
    from tests.processes.platform_fixture import Platform

WRONG = {
    "truncated": (b'{"a": 1', "byte 7"),
    "not JSON": (b"hello", "byte 0"),
    "empty": (b"", "byte 0"),
    "two documents": (b"{} {}", "trailing"),
    "wrong UTF-8": (b'{"a": "\xff"}', "byte 7"),
    "overlong UTF-8": (b'{"a": "\xc0\xaf"}', "byte 7"),
    "UTF-16": ('{"a": 1}'.encode("utf-16"), "byte 0"),
    "BOM": (b"\xef\xbb\xbf{}", "byte 0"),
    "half a surrogate pair": (b'{"a":"\\ud800"}', "surrogate"),
    "no object": (b"[1]", "object"),
    "null": (b"null", "object"),
    "NaN": (b'{"a": NaN}', "byte 6"),
    "Infinity": (b'{"a": Infinity}', "byte 6"),
    "minus Infinity": (b'{"a": -Infinity}', "byte"),
    "minus 0": (b'{"a": -0}', "-0"),
    "1e400": (b'{"a": 1e400}', "out of range"),
    "5,000 digits": (b'{"a": ' + b"9" * 5_000 + b"}", "out of range"),
    "100,000 arrays deep": (b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "64 levels"),
    "20,000 objects deep": (b'{"a": ' * 20_000 + b"1" + b"}" * 20_000, "64 levels"),
    "100,000 deep and never closed": (b'{"a": ' + b"[" * 100_000, "64 levels"),
    "a byte too long": (b'{"a": "' + b"x" * (PAYLOAD_BYTES_MAX - 8) + b'"}', f"{PAYLOAD_BYTES_MAX + 1} bytes"),
    "a level too deep": (b'{"a": ' + b"[" * PAYLOAD_DEPTH_MAX + b"]" * PAYLOAD_DEPTH_MAX + b"}", "64 levels"),
}
RIGHT = {
    "as long as may be": b'{"a": "' + b"x" * (PAYLOAD_BYTES_MAX - 9) + b'"}',
    "as deep as may be": b'{"a": ' + b"[" * (PAYLOAD_DEPTH_MAX - 1) + b"]" * (PAYLOAD_DEPTH_MAX - 1) + b"}",
    "brackets in a string": b'{"a": "' + b"[" * 5_000 + b'"}',
    "minus 0 in a string, a float, an exponent": b'{"a": "-0", "b": -0.0, "c": 1e-0}',
    "integers of more than 64 bits": b'{"a": 18446744073709551616, "b": -9223372036854775809, "c": 9007199254740993}',
    "a NUL": b'{"a": "\\u0000"}',
}


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(("payload", "place"), WRONG.values(), ids=WRONG)
def test_what_is_no_payload_is_refused_with_its_place(platform: Platform, payload: bytes, place: str) -> None:
    status, sentence = refusal(platform.frontend.Schedule, one(group(payload), request_token=b"t" * 16))
    assert status is INVALID
    assert sentence.startswith("payload: ")
    assert place in sentence


@pytest.mark.parametrize("payload", RIGHT.values(), ids=RIGHT)
def test_what_is_just_within_the_limits_is_kept_byte_for_byte(platform: Platform, payload: bytes) -> None:
    [task_id] = schedule(platform, group(payload))
    assert task(platform, task_id).payload == payload


def test_a_depth_of_100_000_harms_nobody_else(platform: Platform) -> None:
    """All of it in one call with a good one between: no recursion error, and the good one is stored."""
    deep = b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    reply: pb.ScheduleReply = platform.frontend.Schedule(one(group(deep, b"{}", deep)), timeout=PATIENCE_S)
    assert [problem.index for problem in reply.problems] == [0, 2]
    assert task(platform, reply.task_ids[16:32]).payload == b"{}"
