"""Schema versions: forward only, each in a transaction of its own, safe beside running processes and each other."""

import re
from importlib.resources import files
from typing import Any, Final

from msgspec import Struct

from penstock.adapters.postgres.codecs import teach
from penstock.adapters.postgres.faults import translated
from penstock.adapters.postgres.partitions import make_partitions
from penstock.adapters.postgres.pools import connect_alone
from penstock.model.errors import InvalidInput

_LOCK: Final = 0x70656E73746F636B  # "penstock"
_NAME: Final = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")


class Migration(Struct, frozen=True):
    """One step of the schema."""

    version: int
    name: str
    statements: str


def migrations() -> list[Migration]:
    """All steps, oldest first."""
    found = [(_NAME.fullmatch(file.name), file) for file in (files(__package__) / "migrations").iterdir()]
    return sorted(
        (Migration(int(m[1]), m[2], file.read_text("utf-8")) for m, file in found if m),
        key=lambda migration: migration.version,
    )


def newest_version() -> int:
    """The version that this program is written for."""
    return migrations()[-1].version


async def migrate(dsn: str) -> list[str]:
    """Bring the schema up to date and make the partitions of the days ahead; answers the names of what it applied.

    Raises `InvalidInput` for a schema that is newer than this program by more than one, `Unavailable` when the
    store does not answer.
    """
    with translated():
        connection = await connect_alone(dsn, "penstock migrate", 600)
        try:
            await teach(connection)
            applied = await _apply_missing(connection)
            await make_partitions(connection)
            return applied
        finally:
            await connection.close(timeout=5)


async def schema_version(connection: Any) -> int:
    """The newest step that was applied; 0 without a schema."""
    if not await connection.fetchval("select to_regclass('penstock.migration') is not null"):
        return 0
    version: int = await connection.fetchval("select coalesce(max(version), 0) from penstock.migration")
    return version


async def _apply_missing(connection: Any) -> list[str]:
    applied = []
    for migration in migrations():
        async with connection.transaction():
            # Held to the end of this transaction: a second migrator waits, then finds the step done.
            await connection.execute("select pg_advisory_xact_lock($1)", _LOCK)
            current = await schema_version(connection)
            if current > newest_version() + 1:
                raise InvalidInput(
                    "schema",
                    f"is at version {current}, newer than this program ({newest_version()}); install a newer Penstock",
                )
            if migration.version <= current:
                continue
            await connection.execute("set local lock_timeout = '5s'")
            await connection.execute("create schema if not exists penstock")
            await connection.execute(migration.statements)
            await connection.execute(
                "insert into penstock.migration (version, name) values ($1, $2)",
                migration.version,
                migration.name,
            )
            applied.append(f"{migration.version:04} {migration.name}")
    return applied
