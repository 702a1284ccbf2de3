"""What makes a PostgreSQL unfit to be the truth. All of it is told at once."""

from typing import Any, Final

from penstock.adapters.postgres.faults import translated
from penstock.adapters.postgres.migration import newest_version, schema_version
from penstock.adapters.postgres.pools import connect_alone

VERSION_MIN: Final = 16
_DURABILITY: Final = {
    "fsync": ("on",),
    "full_page_writes": ("on",),
    "synchronous_commit": ("on", "remote_write", "remote_apply"),
}


async def inspect(dsn: str) -> list[str]:
    """Every problem of this PostgreSQL, for people; empty when it is fit. `Unavailable` when it does not answer."""
    with translated():
        connection = await connect_alone(dsn, "penstock inspection", 5)
        try:
            return await problems_of(connection)
        finally:
            await connection.close(timeout=5)


async def problems_of(connection: Any) -> list[str]:
    """The same, on a connection that is open."""
    problems = []
    major = connection.get_server_version().major
    if major < VERSION_MIN:
        problems.append(f"PostgreSQL {major} is too old: Penstock needs {VERSION_MIN} or newer")
    for setting, safe in _DURABILITY.items():
        value = await connection.fetchval("select current_setting($1)", setting)
        if value not in safe:
            problems.append(f"{setting} is {value}: an acknowledged task would be lost in a crash; set it to {safe[0]}")
    if await connection.fetchval("select pg_is_in_recovery()"):
        problems.append("it is a standby: Penstock works on the primary only")
    encoding = await connection.fetchval("show server_encoding")
    if encoding != "UTF8":
        problems.append(f"the database's encoding is {encoding}: names and keys need UTF8")
    problems += _of_schema(await schema_version(connection))
    return problems


def _of_schema(version: int) -> list[str]:
    newest = newest_version()
    if version == 0:
        return ["the schema penstock is missing: run `penstock migrate`"]
    if version < newest:
        return [f"the schema is at version {version}, this program needs {newest}: run `penstock migrate`"]
    if version > newest + 1:
        problem = f"the schema is at version {version}, this program works with {newest + 1} at most"
        return [f"{problem}: install a newer Penstock"]
    return []
