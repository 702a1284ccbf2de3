"""How executors' ends are told in the worker's log: one entry for a crash, which names its lambdas."""

import logging

from penstock.execution.supervisor import End
from penstock.execution.verdicts import Cause

_LOG = logging.getLogger("penstock.execution")


class CrashLog:
    """Of one worker. Remembers the last stack of each lambda: a task that crashes again tells nothing new by it."""

    def __init__(self) -> None:
        self._stacks: dict[str, str] = {}

    def tell(self, executor: str, end: End) -> None:
        """It has ended."""
        if end.cause is Cause.LEFT:
            _LOG.info("%s: left", executor)
        elif end.suspects:
            lambdas = ", ".join(end.lambdas)
            tasks = "its task" if end.suspects == 1 else f"its {end.suspects} tasks, of which any may be guilty"
            _LOG.warning("%s: %s crashed with %s: %s%s", lambdas, executor, tasks, end.how, self._news(lambdas, end))
        else:
            _LOG.warning("%s: ended (%s): %s", executor, end.cause.name.lower(), end.how)

    def _news(self, lambdas: str, end: End) -> str:
        if not end.stack:
            return ""
        if self._stacks.get(lambdas) == end.stack:
            return ", where it did the last time"
        self._stacks[lambdas] = end.stack
        return f"\n{end.stack}"
