"""JSON that is read as strictly as it was written: nothing in it is dropped, rounded or guessed.

No NaN, no name twice in an object, no number that a decoder changes, no more levels than `PAYLOAD_DEPTH_MAX`. The good
case is one decode in C and one count of names; only what looks suspicious is read again, slowly, for its place.
"""

import json
import re
from collections import Counter
from itertools import accumulate
from typing import Any, Final

import msgspec

from penstock.model.errors import InvalidInput, LimitExceeded
from penstock.model.limits import PAYLOAD_DEPTH_MAX

_DECODER: Final = msgspec.json.Decoder(Any)
_NAMES: Final = re.compile(rb'"[ \t\r\n]*:')
_NEGATIVE_ZERO: Final = re.compile(rb"(?<![eE])-0(?![.0-9eE])")
_STEPS: Final = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")
_ALL_BUT_BRACKETS: Final = bytes(byte for byte in range(256) if byte not in b"[]{}")


def read_json(text: bytes, field: str, depth_max: int = PAYLOAD_DEPTH_MAX) -> Any:
    """The value; raises `InvalidInput(field, ...)` that says what is wrong and where."""
    # The decoder recurses, so the depth is settled first; few brackets cannot nest deeply.
    if text.count(b"{") + text.count(b"[") > depth_max and _depth(text) > depth_max:
        raise LimitExceeded(field, f"nests deeper than {depth_max} levels")
    try:
        value = _DECODER.decode(text)
    except UnicodeDecodeError as error:
        raise InvalidInput(field, f"is not UTF-8 (byte {error.start})") from None
    except RecursionError:
        raise LimitExceeded(field, f"nests deeper than {depth_max} levels") from None
    except msgspec.MsgspecError as error:
        raise InvalidInput(field, f"is not JSON: {str(error).removeprefix('JSON is malformed: ')}") from None
    if b"-0" in text and _NEGATIVE_ZERO.search(_between_strings(text)):
        raise InvalidInput(field, "holds -0, which loses its sign as an integer; write 0 or -0.0")
    # Every name in the text matches; a name that came twice is in the value once.
    if b":" in text and len(_NAMES.findall(text)) != _count_names(value):
        _refuse_repeated_names(text, field)
    return value


def _count_names(value: Any) -> int:
    count, waiting = 0, [value]
    while waiting:
        each = waiting.pop()
        if type(each) is dict:
            count += len(each)
            waiting += [part for part in each.values() if type(part) is dict or type(part) is list]
        elif type(each) is list:
            waiting += [part for part in each if type(part) is dict or type(part) is list]
    return count


def _refuse_repeated_names(text: bytes, field: str) -> None:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        seen = dict(pairs)
        if len(seen) != len(pairs):
            twice = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
            raise InvalidInput(field, f"has an object with {twice!r} twice: only one of them could be kept")
        return seen

    json.loads(text, object_pairs_hook=once)


def _depth(text: bytes) -> int:
    steps = memoryview(_between_strings(text).translate(_STEPS, _ALL_BUT_BRACKETS)).cast("b")
    return max(accumulate(steps, initial=0))


def _between_strings(text: bytes) -> bytes:
    return b"".join(text.replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"')[::2])
