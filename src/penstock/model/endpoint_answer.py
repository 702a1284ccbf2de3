"""What an endpoint's answer means: one table. Pure."""

from enum import Enum, auto, unique
from typing import Final

from msgspec import Struct

from penstock.model.endpoint import AnswerPolicy
from penstock.model.throttle import retry_after_s

OK: Final = 200
ACCEPTED: Final = 202
GONE: Final = 410
THROTTLING: Final = frozenset({429, 502, 503, 504})
ABOUT_US: Final = frozenset({401, 403, 407, 408, 425})
"""client errors that a second try may well get past: what is wrong is not the request"""


class Answer(Struct, frozen=True):
    """An HTTP answer, read to its end or to the limit."""

    status: int
    content_type: str = ""
    retry_after: str = ""
    body: bytes = b""
    cut: bool = False
    """there was more than is read"""


@unique
class Meaning(Enum):
    """What an answer means for the attempt."""

    DONE = auto()
    UNKNOWN = auto()
    """it will be done, or not: nobody knows until a deadline"""
    GONE = auto()
    """this address wants nothing any more"""
    THROTTLED = auto()
    """later; the attempt does not count"""
    FAILED = auto()
    FATAL = auto()
    """and will fail again"""


class Judgement(Struct, frozen=True):
    """`ill`: the endpoint itself is not well, whatever becomes of the attempt."""

    meaning: Meaning
    problem: str = ""
    ill: bool = False
    wait_s: float | None = None
    """how long it wants to be left in peace, if it said so"""


def judge(answer: Answer, policy: AnswerPolicy, now_s: float) -> Judgement:
    """`now_s`: seconds since 1970, for a `Retry-After` that is a date."""
    status = answer.status
    said = f"answered {status}"
    if status == ACCEPTED:
        return Judgement(Meaning.UNKNOWN)
    if 200 <= status < 300:
        return Judgement(Meaning.DONE)
    if status == GONE:
        return Judgement(Meaning.GONE, said)
    if status in THROTTLING:
        asked_s = retry_after_s(answer.retry_after, now_s) if answer.retry_after else None
        wait_s = None if asked_s is None else min(asked_s, policy.retry_after_s_max)
        return Judgement(Meaning.THROTTLED, said, wait_s=wait_s)
    if 300 <= status < 400:
        return Judgement(Meaning.FAILED, f"{said}: a redirect, which is not followed", ill=True)
    if 400 <= status < 500:
        fatal = policy.client_errors_are_fatal and status not in ABOUT_US
        return Judgement(Meaning.FATAL if fatal else Meaning.FAILED, said)
    if 500 <= status < 600:
        return Judgement(Meaning.FAILED, said, ill=True)
    return Judgement(Meaning.FAILED, f"{said}, which is no status", ill=True)


class NoAnswer(Exception):
    """Nothing came back that is an HTTP answer; its text says why. `forbidden`: the address may not be called."""

    def __init__(self, problem: str, *, forbidden: bool = False) -> None:
        super().__init__(problem)
        self.forbidden = forbidden
