"""Pytest fixtures for real engines: one pair per test session (per worker), a fresh database per test.

Use with `pytest_plugins = ["penstock.testing.engines"]`. Fill the template once per session by extending it:

    @pytest.fixture(scope="session")
    def template_database(template_database: str, engines: EmbeddedEngines) -> str:
        migrate(engines.database_dsn(template_database))
        return template_database
"""

from __future__ import annotations

import asyncio
import itertools
import threading
from typing import TYPE_CHECKING, Any, TypeVar

import asyncpg
import nats
import pytest

from penstock.adapters.embedded import EmbeddedEngines

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator

T = TypeVar("T")
_numbers = itertools.count(1)
_TEMPLATE = "penstock_template"


@pytest.fixture(scope="session")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedEngines]:
    """Both engines; a test that kills one starts it again before it ends."""
    running = run_apart(EmbeddedEngines.start(tmp_path_factory.mktemp("engines")))
    yield running
    run_apart(running.stop())


@pytest.fixture(scope="session")
def template_database(engines: EmbeddedEngines) -> str:
    """The database that every test's database is a copy of: empty, until somebody extends this fixture."""
    run_apart(_execute(engines, f"CREATE DATABASE {_TEMPLATE}"))
    return _TEMPLATE


@pytest.fixture
def postgres_dsn(engines: EmbeddedEngines, template_database: str) -> Iterator[str]:
    """The address of a fresh copy of the template, dropped after the test."""
    name = f"test_{next(_numbers)}"
    run_apart(_execute(engines, f"CREATE DATABASE {name} TEMPLATE {template_database}"))
    yield engines.database_dsn(name)
    run_apart(_execute(engines, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def nats_url(engines: EmbeddedEngines) -> str:
    """The address of nats-server, without any stream of an earlier test."""
    run_apart(_delete_streams(engines.nats_url))
    return engines.nats_url


def run_apart(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end in a thread and a loop of its own, whatever loop the test uses."""
    outcome: list[T] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(asyncio.run(work))
        except BaseException as error:  # noqa: BLE001 - raised again where it is awaited
            failure.append(error)

    thread = threading.Thread(target=run, name="fixture")
    thread.start()
    thread.join()
    if failure:
        raise failure[0]
    return outcome[0]


async def _execute(engines: EmbeddedEngines, statement: str) -> None:
    connection = await asyncpg.connect(engines.postgres_dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def _delete_streams(url: str) -> None:
    client = await nats.connect(url)
    try:
        streams = client.jetstream()
        for stream in await streams.streams_info():
            if stream.config.name:
                await streams.delete_stream(stream.config.name)
    finally:
        await client.close()
