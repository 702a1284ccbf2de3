"""What may be a payload: one strict JSON object, neither too large nor too deep.

Strict, because an executor in any language must read the same: no NaN, no Infinity, nothing that a
decoder would round. Checked for every task, so the good case is two counts and one decode in C.
"""

import re
from itertools import accumulate
from typing import Any, Final

import msgspec

from penstock.model.limits import PAYLOAD_BYTES_MAX, PAYLOAD_DEPTH_MAX

_DECODER: Final = msgspec.json.Decoder(dict[str, Any])
_ANY_DECODER: Final = msgspec.json.Decoder(Any)
_NEGATIVE_ZERO: Final = re.compile(rb"(?<![eE])-0(?![.0-9eE])")
_STEPS: Final = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")
_ALL_BUT_BRACKETS: Final = bytes(byte for byte in range(256) if byte not in b"[]{}")
_STRIDE: Final = 4096


def payload_problem(payload: bytes) -> str:
    """What is wrong with it and where, "" for nothing."""
    if len(payload) > PAYLOAD_BYTES_MAX:
        return f"has {len(payload)} bytes; the limit is {PAYLOAD_BYTES_MAX}"
    return _problem(payload, _DECODER)


def json_problem(text: bytes, depth_max: int = PAYLOAD_DEPTH_MAX) -> str:
    """The same for any JSON, whatever its size: not only an object."""
    return _problem(text, _ANY_DECODER, depth_max)


def _problem(payload: bytes, decoder: "msgspec.json.Decoder[Any]", depth_max: int = PAYLOAD_DEPTH_MAX) -> str:
    # The decoder recurses, so the depth is settled first; few brackets cannot nest deeply.
    brackets = payload.count(b"{") + payload.count(b"[")
    if brackets > depth_max and _is_too_deep(payload, depth_max):
        return f"nests deeper than {depth_max} levels"
    try:
        decoder.decode(payload)
    except UnicodeDecodeError:
        return f"is not UTF-8 (byte {_first_byte_not_utf8(payload)})"
    except msgspec.ValidationError as error:
        must_be = "one JSON object of parameter names" if decoder is _DECODER else "JSON"
        return f"must be {must_be} whose numbers fit: {error}"
    except msgspec.DecodeError as error:
        return _malformed(payload, str(error))
    if b"-0" in payload and _NEGATIVE_ZERO.search(_without_strings(payload)):
        return "holds -0, which loses its sign as an integer; write 0 or -0.0"
    return ""


def _is_too_deep(payload: bytes, depth_max: int) -> bool:
    """Adds up the brackets as steps of +1 and -1; what is no JSON is left to the decoder."""
    steps = memoryview(_without_strings(payload).translate(_STEPS, _ALL_BUT_BRACKETS)).cast("b")
    depth = 0
    for start in range(0, len(steps), _STRIDE):
        depths = list(accumulate(steps[start : start + _STRIDE], initial=depth))
        if max(depths) > depth_max:
            return True
        depth = depths[-1]
    return False


def _without_strings(payload: bytes) -> bytes:
    """Up to the first mistake, if there is one: exactly what stands between the strings."""
    return b"".join(payload.replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"')[::2])


def _first_byte_not_utf8(payload: bytes) -> int:
    try:
        payload.decode()
    except UnicodeDecodeError as error:
        return error.start
    return 0


def _malformed(payload: bytes, complaint: str) -> str:
    if "(byte" in complaint:
        return complaint.removeprefix("JSON is malformed: ").join(("is not JSON: ", ""))
    return f"is not JSON: truncated, or half of a surrogate pair (byte {len(payload)})"
