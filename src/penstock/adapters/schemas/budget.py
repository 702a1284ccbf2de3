"""What a schema may cost: its bytes, its parts, and the steps of a comparison."""

from collections.abc import Iterable, Mapping

from penstock.model.errors import InvalidInput, LimitExceeded
from penstock.model.limits import SCHEMA_BYTES_MAX, SCHEMA_PARTS_MAX, SCHEMA_STEPS_MAX


class OverBudget(Exception):
    """A comparison takes more steps than it is given."""


class Steps:
    """The steps of one comparison."""

    def __init__(self, steps: int = SCHEMA_STEPS_MAX) -> None:
        self._left = steps

    def take(self) -> None:
        """One step; raises `OverBudget`."""
        self._left -= 1
        if self._left < 0:
            raise OverBudget


def refused(sentence: str) -> InvalidInput:
    """What `read` raises."""
    return InvalidInput("schema", sentence)


def check_size(text: str, references: Mapping[str, str]) -> None:
    """Raises `LimitExceeded` for more text than one schema may have."""
    size = _bytes_of((text, *references.values()))
    if size > SCHEMA_BYTES_MAX:
        raise LimitExceeded(
            "schema", f"has {size} bytes with all that it refers to; the limit is {SCHEMA_BYTES_MAX}: divide it"
        )


def check_parts(count: int) -> None:
    """Raises `LimitExceeded` for more parts than one schema may have."""
    if count > SCHEMA_PARTS_MAX:
        raise LimitExceeded("schema", f"has more than {SCHEMA_PARTS_MAX} parts with all that it refers to: divide it")


def _bytes_of(texts: Iterable[str]) -> int:
    return sum(len(text.encode("utf-8", "surrogatepass")) for text in texts)
