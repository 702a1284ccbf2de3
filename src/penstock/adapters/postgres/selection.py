"""A selection of tasks as the statements take it."""

import json
from functools import lru_cache
from typing import Any

from penstock.adapters.postgres.letter_filter import known_lanes
from penstock.adapters.postgres.pools import Connection
from penstock.model.attributes import Attributes
from penstock.model.lane import LaneId
from penstock.model.selection import TaskSelection


async def lanes_selected(connection: Connection, namespace_id: int, wanted: TaskSelection) -> list[LaneId] | None:
    """None for all; raises `NotFound` for a lambda that nobody has heard of."""
    return await known_lanes(connection, namespace_id, wanted.lambda_name)


def task_terms(wanted: TaskSelection) -> list[Any]:
    """What a task itself must be: its collection, the times around the one it was scheduled for, its attributes."""
    return [
        wanted.collection,
        wanted.scheduled_from_us or None,
        wanted.scheduled_until_us or None,
        attributes_json(wanted.attributes),
    ]


def attributes_json(attributes: Attributes) -> str | None:
    """As the column holds them; None for none."""
    return _json_of(attributes) if attributes else None


@lru_cache(maxsize=1_024)
def _json_of(attributes: Attributes) -> str:
    """Tasks that are scheduled together mostly share theirs."""
    return json.dumps(dict(attributes), ensure_ascii=False)


def attributes_of(text: str | None) -> Attributes:
    """Out of the column, in order of their names."""
    return tuple(sorted(json.loads(text).items())) if text else ()
