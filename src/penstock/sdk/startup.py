"""Start-up hooks: what an executor process opens before its first task and closes after its last."""

import contextlib
import inspect
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

StartHook = Callable[[], Any]
"""A function or coroutine function, or one that yields once: what follows the yield runs at the end."""


@contextlib.asynccontextmanager
async def running(hooks: Sequence[StartHook]) -> AsyncIterator[None]:
    """All hooks in their order; their ends in the reverse order. What a hook raises goes to the caller."""
    async with contextlib.AsyncExitStack() as stack:
        for hook in hooks:
            await _enter(stack, hook)
        yield


async def _enter(stack: contextlib.AsyncExitStack, hook: StartHook) -> None:
    if inspect.isasyncgenfunction(hook):
        await stack.enter_async_context(contextlib.asynccontextmanager(hook)())
        return
    if inspect.isgeneratorfunction(hook):
        stack.enter_context(contextlib.contextmanager(hook)())
        return
    made = hook()
    if inspect.isawaitable(made):
        await made
    elif isinstance(made, contextlib.AbstractAsyncContextManager):
        await stack.enter_async_context(made)
    elif isinstance(made, contextlib.AbstractContextManager):
        stack.enter_context(made)
