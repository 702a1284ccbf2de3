"""One thing that doctor saw."""

from enum import StrEnum

from msgspec import Struct


class Verdict(StrEnum):
    """Whether somebody should do something about it."""

    FACT = "fact"
    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


class Finding(Struct, frozen=True):
    """`subject` is what was looked at, `text` what was seen and, for a problem, what to do."""

    area: str
    subject: str
    text: str
    verdict: Verdict = Verdict.FACT
