"""Which whole numbers Avro's two types of them hold."""

from typing import Final

RANGES: Final = {"int": (-(2**31), 2**31 - 1), "long": (-(2**63), 2**63 - 1)}


def out_of_range(kind: str, value: int) -> bool:
    """Whether it doesn't fit into `int` or `long`."""
    low, high = RANGES[kind]
    return not low <= value <= high
