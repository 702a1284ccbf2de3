"""How lambdas' failures are told in the worker's log: a line for each attempt, and a flood of them in few lines."""

import asyncio
import logging
from typing import Final

from penstock.model.delivery import Span
from penstock.model.identity import text_of
from penstock.model.lifecycle import Event
from penstock.model.task import Report

_LOG = logging.getLogger("penstock.execution")
_LINES_PER_S: Final = 10
_MESSAGE_CHARS_MAX: Final = 300
_NOT_AGAIN: Final = (Event.FAILED_FATALLY, Event.UNDECODABLE)


class FailureLog:
    """Of one executor. On the platform's loop."""

    def __init__(self) -> None:
        self._told = self._untold = 0
        self._second: asyncio.TimerHandle | None = None

    def tell(self, lambda_name: str, attempt: int, report: Report, span: Span | None = None) -> None:
        """An attempt has failed; `span`: of a delivery."""
        if self._second is None:
            self._second = asyncio.get_running_loop().call_later(1.0, self.close)
        if self._told == _LINES_PER_S:
            self._untold += 1
            return
        self._told += 1
        failure = report.failure
        _LOG.warning(
            "%s: %s failed in attempt %d: %s: %s; %s",
            lambda_name,
            f"task {text_of(report.id)}" if span is None else _delivery(report, span),
            attempt,
            _on_one_line(failure.type),
            _on_one_line(failure.message),
            _next(report) if span is None else _next_of_delivery(report),
        )

    def close(self) -> None:
        """The second is over, or the executor: says how many had no line."""
        if self._second is not None:
            self._second.cancel()
            self._second = None
        if self._untold:
            _LOG.warning("… and %d more failed attempts", self._untold)
        self._told = self._untold = 0


def _next(report: Report) -> str:
    if report.ending in _NOT_AGAIN:
        return "it is not tried again"
    if report.retry_delay_s is not None:
        return f"tried again in {report.retry_delay_s:g} s if attempts are left"
    return "tried again if attempts are left"


def _delivery(report: Report, span: Span) -> str:
    subject = _on_one_line(span.subject)
    where = f"at event {report.failed_at}" if report.failed_at else f"somewhere up to event {span.upto}"
    return f"a delivery of {span.stream}, subject {subject}, {where},"


def _next_of_delivery(report: Report) -> str:
    if report.failed_at:
        return "the events before it are done"
    return "none of it counts as done"


def _on_one_line(text: str) -> str:
    """Nothing that a terminal would obey."""
    short = " ".join(text[:_MESSAGE_CHARS_MAX].split())
    return "".join(letter if letter.isprintable() else "?" for letter in short)
