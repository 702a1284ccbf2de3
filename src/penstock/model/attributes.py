"""Attributes: a few short words that say what a task is about, so that it can be found by them."""

import re
from collections.abc import Mapping
from typing import Final

from penstock.model.errors import InvalidInput, LimitExceeded
from penstock.model.limits import ATTRIBUTE_NAME_CHARS_MAX, ATTRIBUTE_VALUE_BYTES_MAX, ATTRIBUTES_MAX
from penstock.model.names import check_text

Attributes = tuple[tuple[str, str], ...]
"""pairs of a name and a value, in order of their names"""

_NAME: Final = re.compile(rf"[a-z0-9_.-]{{1,{ATTRIBUTE_NAME_CHARS_MAX}}}\Z")


def check_attributes(given: object, field: str = "attributes") -> Attributes:
    """The pairs in order; raises `InvalidInput` and `LimitExceeded`."""
    if not isinstance(given, Mapping):
        raise InvalidInput(field, f"{given!r:.80} is no mapping of names to values, such as {{'customer': '7'}}")
    if len(given) > ATTRIBUTES_MAX:
        raise LimitExceeded(field, f"are {len(given)}; a task has {ATTRIBUTES_MAX} at most")
    for name, value in given.items():
        if not isinstance(name, str) or not _NAME.match(name):
            raise InvalidInput(
                field,
                f"{name!r:.80} is not a name; use 1 to {ATTRIBUTE_NAME_CHARS_MAX} of a-z, 0-9, _, - and .",
            )
        check_text(f"{field}.{name}", value, ATTRIBUTE_VALUE_BYTES_MAX)
        if not value:
            raise InvalidInput(f"{field}.{name}", "is empty; leave the attribute out")
    return tuple(sorted(given.items()))
