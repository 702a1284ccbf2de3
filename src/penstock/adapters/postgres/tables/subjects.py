"""Subjects between their texts and the columns that hold them."""

import re
from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from penstock.model.limits import SUBJECT_BYTES_MAX

_WHOLE: Final = re.compile(r"(0|-?[1-9][0-9]{0,18})\Z")
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
_INTEGER_MAX: Final = 2**63 - 1


def to_column(subject_type: str) -> Callable[[str], Any]:
    """From a subject to what its column holds; None: nothing that stands there is written so.

    One way of writing only: `007` is no subject of a column of numbers, or it would be a second 7.
    """
    return {"text": _text, "int8": _integer, "uuid": _uuid}[subject_type]


def is_subject(text: str) -> bool:
    """Whether the content of a column can be one."""
    return text != "" and len(text) <= SUBJECT_BYTES_MAX and len(text.encode()) <= SUBJECT_BYTES_MAX


def _text(subject: str) -> str | None:
    return None if "\x00" in subject else subject


def _integer(subject: str) -> int | None:
    number = int(subject) if _WHOLE.match(subject) else _INTEGER_MAX + 1
    return number if -_INTEGER_MAX - 1 <= number <= _INTEGER_MAX else None


def _uuid(subject: str) -> bytes | None:
    return UUID(subject).bytes if _UUID.match(subject) else None
