"""Whole numbers in JSON: as numbers up to 2^53, beyond that as text, because most readers of JSON round them."""

import re
from typing import Final

from penstock.adapters.schemas.misfit import Misfit, shown

EXACT_MAX: Final = 2**53
_DECIMAL: Final = re.compile(r"-?(0|[1-9][0-9]{0,19})", re.ASCII)


def whole_number(value: object, low: int, high: int) -> int:
    """Raises `Misfit` for what is none, is out of the range, or may have been rounded on its way."""
    if type(value) is str and _DECIMAL.fullmatch(value) and value != "-0":
        number = int(value)
    elif type(value) is int:
        number = value
        _refuse_inexact(number)
    elif type(value) is float and value.is_integer():
        number = int(value)
        _refuse_inexact(number)
    else:
        raise Misfit(f"{shown(value)} is no whole number")
    if not low <= number <= high:
        raise Misfit(f"{number} is not between {low} and {high}")
    return number


def said(number: int) -> int | str:
    """As JSON says it without a reader who rounds."""
    return number if -EXACT_MAX <= number <= EXACT_MAX else str(number)


def _refuse_inexact(number: int) -> None:
    if not -EXACT_MAX <= number <= EXACT_MAX:
        raise Misfit(f"{number} is beyond 2^53, where readers of JSON round numbers: write it as text")
