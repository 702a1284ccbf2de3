"""What may be a payload, and how fast that is decided."""

import pytest

from penstock.frontend.payloads import payload_problem
from penstock.model.limits import PAYLOAD_BYTES_MAX, PAYLOAD_DEPTH_MAX

GOOD = [
    b"{}",
    b' {"a": [1, 2.5, -3, true, null, "x"]} ',
    b'{"a": -0.0, "b": "-0", "day": "2026-01-02", "c": [-0e0, 1e-0, 1E-05]}',
    b'{"a": 18446744073709551615}',
    '{"ä": "\U0001f600"}'.encode(),
    b'{"a": "' + b"[" * 1_000 + b'"}',
    b'{"a": "\\"' + b"{" * 1_000 + b'"}',
    b'{"a": [' + b",".join([b"{}"] * 10_000) + b"]}",
    b'{"a":' * (PAYLOAD_DEPTH_MAX - 1) + b"{}" + b"}" * (PAYLOAD_DEPTH_MAX - 1),
    b'{"a": "' + b"x" * (PAYLOAD_BYTES_MAX - 9) + b'"}',
]

BAD = [
    (b"", "byte 0"),
    (b"?", "byte 0"),
    (b"\xef\xbb\xbf{}", "byte 0"),
    (b'{"a": 1', "byte 7"),
    (b'{"a": 1} x', "byte 10"),
    (b'{"a": "\xff"}', "byte 7"),
    (b'{"a": "\\ud800"}', "surrogate"),
    (b'{"a": NaN}', "byte 6"),
    (b'{"a": -Infinity}', "byte 7"),
    (b'{"a": 1e400}', "range"),
    (b'{"a": ' + b"9" * 5_000 + b"}", "range"),
    (b'{"a": -0}', "-0"),
    (b'{"a": [1, -0, 2]}', "-0"),
    (b"[1]", "object"),
    (b'"x"', "object"),
    (b"null", "object"),
    (b'{"a":' * PAYLOAD_DEPTH_MAX + b"{}" + b"}" * PAYLOAD_DEPTH_MAX, "deeper"),
    (b"[" * 100_000, "deeper"),
    (b'{"a":' * 40_000, "deeper"),
    (b'{"a": "' + b"x" * (PAYLOAD_BYTES_MAX - 8) + b'"}', "limit"),
]


@pytest.mark.parametrize("payload", GOOD, ids=lambda payload: payload[:20].decode("utf-8", "replace"))
def test_a_strict_json_object_is_a_payload(payload: bytes) -> None:
    assert payload_problem(payload) == ""


@pytest.mark.parametrize(("payload", "hint"), BAD, ids=lambda value: str(value)[:20])
def test_what_is_wrong_is_named_with_its_place(payload: bytes, hint: str) -> None:
    assert hint in payload_problem(payload)
