"""A fresh database of the PostgreSQL on which Penstock is measured."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from benchmarks.peers.peer import Ground, Server

_numbers = itertools.count(1)


@asynccontextmanager
async def postgres(ground: Ground) -> AsyncIterator[Server]:
    """fsync and synchronous_commit are on: the engine lets nobody turn them off."""
    database = f"peer_{next(_numbers)}"
    connection = await asyncpg.connect(ground.engines.database_dsn("postgres"))
    try:
        await connection.execute(f"create database {database}")
        await connection.execute("checkpoint")
        version = await connection.fetchval("select current_setting('server_version')")
        yield Server({"PEER_ADDRESS": ground.engines.database_dsn(database)}, {"PostgreSQL": version.split()[0]})
    finally:
        await connection.execute(f"drop database if exists {database} with (force)")
        await connection.close()
