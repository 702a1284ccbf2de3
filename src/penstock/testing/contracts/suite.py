"""How a contract is written down: many small ideas, each on a fresh adapter, all failures reported at once."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Generic, TypeVar

Subject = TypeVar("Subject")
Stage = TypeVar("Stage")
Fresh = Callable[[], AbstractAsyncContextManager[Subject]]
"""Opens an empty adapter under test, and closes it when the idea has been tried"""


class ContractBroken(ExceptionGroup[Exception]):
    """An adapter does not keep a port's duties; one exception for each idea that failed, noted with its name."""


@dataclass(frozen=True)
class Idea(Generic[Subject, Stage]):
    """One duty, tried on a fresh adapter. `str()` of it is a sentence: good as the id of a parametrised test."""

    name: str
    body: Callable[[Stage], Awaitable[None]]
    set_up: Callable[[Subject], Awaitable[Stage]]

    def __str__(self) -> str:
        return self.name

    async def check(self, fresh: Fresh[Subject]) -> None:
        """Raises what the idea's assertions raise."""
        if not __debug__:
            raise RuntimeError("contracts are made of assertions: run them without -O")
        async with fresh() as subject:
            await self.body(await self.set_up(subject))


class Suite(Generic[Subject, Stage]):
    """The ideas that make up one port's contract. `set_up` prepares what each idea is given."""

    def __init__(self, port: str, set_up: Callable[[Subject], Awaitable[Stage]]) -> None:
        self.port = port
        self.ideas: list[Idea[Subject, Stage]] = []
        self._set_up = set_up

    def idea(self, body: Callable[[Stage], Awaitable[None]]) -> Callable[[Stage], Awaitable[None]]:
        """Decorator: the function's name is the duty, as a sentence."""
        name = getattr(body, "__name__", repr(body))
        self.ideas.append(Idea(name, body, self._set_up))
        return body

    async def exercise(self, fresh: Fresh[Subject]) -> None:
        """Try every idea; raises `ContractBroken` with all that failed."""
        failures = []
        for idea in self.ideas:
            try:
                await idea.check(fresh)
            except Exception as failure:  # noqa: BLE001 - whatever went wrong is a broken duty, and is reported
                failure.add_note(f"{self.port}: {idea.name}")
                failures.append(failure)
        if failures:
            raise ContractBroken(f"{self.port}: {len(failures)} of {len(self.ideas)} duties broken", failures)
