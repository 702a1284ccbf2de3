"""The push worker of a platform that we run: started once a frontend says that there are endpoints."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

from penstock.cli.children import Child, ChildFailed, ChildSpec
from penstock.cli.logs import Log

ROLE: Final = "push"


class PushChild:
    """At most one; `start_if_wanted` may be told any role, any number of times."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], stop_grace_s: float, log: Log) -> None:
        self._spec = ChildSpec(ROLE, command, environment, stop_grace_s=stop_grace_s)
        self._log = log
        self._child: Child | None = None
        self._starting: asyncio.Task[None] | None = None
        self._stopping = False

    def start_if_wanted(self, role: str) -> None:
        """Somebody wants a server of this role."""
        if role == ROLE and self._child is None and not self._stopping:
            self._child = Child(self._spec, self._log)
            self._starting = asyncio.create_task(self._start(self._child))

    async def _start(self, child: Child) -> None:
        try:
            await child.start()
        except ChildFailed as error:
            self._log(ROLE, f"{error}; endpoints are not served")

    async def stop(self) -> None:
        """In order; none is started any more."""
        self._stopping = True
        if self._child is not None:
            await self._child.stop()
        if self._starting is not None:
            self._starting.cancel()
            await asyncio.gather(self._starting, return_exceptions=True)

    def hurry(self) -> None:
        """If it is stopping: now."""
        if self._child is not None:
            self._child.hurry()
