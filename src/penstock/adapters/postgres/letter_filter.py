"""A filter over dead letters as the statements take it."""

from typing import Any, Final

from penstock.adapters.postgres.pools import Connection
from penstock.adapters.postgres.statements import statement
from penstock.model.errors import NotFound
from penstock.model.lane import LambdaId, LaneId, lanes_of
from penstock.model.sweep import DeadLetterFilter

_LAMBDAS_FIND: Final = statement("lambdas_find")
EVER_US: Final = 253_370_764_800_000_000
"""the year 9999"""


async def lanes_wanted(connection: Connection, namespace_id: int, wanted: DeadLetterFilter) -> list[LaneId] | None:
    """None for all; raises `NotFound` for a lambda that nobody has heard of."""
    return await known_lanes(connection, namespace_id, wanted.lambda_name)


async def known_lanes(connection: Connection, namespace_id: int, lambda_name: str) -> list[LaneId] | None:
    """Those of a lambda, None for no name; raises `NotFound` for one that nobody has heard of."""
    if not lambda_name:
        return None
    rows: list[Any] = await connection.fetch(_LAMBDAS_FIND, namespace_id, [lambda_name])
    if not rows:
        raise NotFound(f"no lambda {lambda_name} is known in this namespace")
    return [lane for row in rows for lane in lanes_of(LambdaId(row[0]))]


def until_us(wanted: DeadLetterFilter) -> int:
    """The end of the time asked for; 0 means none."""
    return wanted.until_us or EVER_US
