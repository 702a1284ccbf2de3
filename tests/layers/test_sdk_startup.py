from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from penstock import App


async def test_hooks_run_in_order_and_end_in_reverse() -> None:
    app, seen = App("mail"), list[str]()

    @app.on_start
    def plain() -> None:
        seen.append("plain")

    @app.on_start
    async def coroutine() -> None:
        seen.append("coroutine")

    @app.on_start
    def generator() -> Iterator[None]:
        seen.append("generator")
        yield
        seen.append("generator ends")

    @app.on_start
    async def async_generator() -> AsyncIterator[None]:
        seen.append("async generator")
        yield
        seen.append("async generator ends")

    @app.on_start
    @asynccontextmanager
    async def context() -> AsyncIterator[None]:
        seen.append("context")
        yield
        seen.append("context ends")

    async with app.running():
        assert seen == ["plain", "coroutine", "generator", "async generator", "context"]
        seen.clear()
    assert seen == ["context ends", "async generator ends", "generator ends"]


async def test_a_hook_that_fails_ends_those_before_it() -> None:
    app, seen = App("mail"), list[str]()

    @app.on_start
    def pool() -> Iterator[None]:
        try:
            yield
        finally:
            seen.append("closed")

    @app.on_start
    async def broken() -> None:
        raise OSError("no database")

    with pytest.raises(OSError, match="no database"):
        async with app.running():
            raise AssertionError("never entered")
    assert seen == ["closed"]
