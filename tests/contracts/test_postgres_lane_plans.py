"""Counts of lanes walk the part of an index that they are about, however much else is in the table."""

from __future__ import annotations

import asyncpg
import pytest

from penstock.adapters.postgres import migrate
from penstock.adapters.postgres.pools import COUNTS
from penstock.adapters.postgres.statements import statement

LANES = "'{5, 6}'"
STATEMENTS = {
    "lane_older": ("6, '2026-01-01', 10", {"trigger_due": "((lane = $1) AND (trigger_at < "}),
    "lane_waiting": (
        "1, '', '', 10, 10, '{gate}'",
        {
            "trigger_due": "((lane = x.lane) AND (trigger_at ",
            "trigger_held": "((held_for = r.reason) AND (lane = x.lane)",
        },
    ),
    "lane_motion": (f"{LANES}, 10, '90 s'", {"trigger_overdue": "(trigger_at <= "}),
}


@pytest.mark.parametrize("name", list(STATEMENTS))
async def test_only_the_front_of_a_lane_is_walked(postgres_dsn: str, name: str) -> None:
    arguments, indexes = STATEMENTS[name]
    await migrate(postgres_dsn)
    connection = await asyncpg.connect(postgres_dsn, server_settings=COUNTS.planner)
    await connection.execute("vacuum analyze penstock.trigger")
    await connection.execute(f"prepare it as {statement(name)}")
    lines = [row[0].strip() for row in await connection.fetch(f"explain (costs off) execute it({arguments})")]
    await connection.close()
    scans = [(line, lines[at + 1]) for at, line in enumerate(lines) if " on trigger t" in line]
    assert scans
    for line, condition in scans:
        index = next((each for each in indexes if f"using {each} " in line), None)
        assert index, f"{line} in\n" + "\n".join(lines)
        assert condition.startswith(f"Index Cond: {indexes[index]}"), condition
