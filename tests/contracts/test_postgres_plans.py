"""Plans that were made while the hot table was empty must be right when it holds a million rows."""

from __future__ import annotations

import asyncpg
import pytest

from penstock.adapters.postgres import migrate
from penstock.adapters.postgres.pools import SUCCESSES, TRANSITIONS, Role
from penstock.adapters.postgres.statements import statement

NO_IDS = "'{}'"
LOW, HIGH = "'00000000-0000-0000-0000-000000000000'", "'ffffffff-ffff-ffff-ffff-ffffffffffff'"
BITMAP = "Bitmap Index Scan on trigger_pkey"
PLANNED = [
    (TRANSITIONS, "claim", f"{NO_IDS}, {LOW}, {HIGH}, '1 s', '1 s'", BITMAP),
    (TRANSITIONS, "heartbeat", "'{}', '{}', '{}', '1 s', '{}', '{}', '{}'", BITMAP),
    (TRANSITIONS, "finish", ", ".join(["'{}'"] * 17) + ", true", BITMAP),
    (TRANSITIONS, "children_met", "'{}', '{}'", BITMAP),
    (TRANSITIONS, "children_counted", "'{}'", BITMAP),
    (TRANSITIONS, "children_move", "'{}', '{}', '{}', '{}', null", BITMAP),
    (
        SUCCESSES,
        "finish_successes",
        "'{}', '{}', '{}', '{}', '{}', '{}', '{}'",
        "Index Scan using trigger_pkey on trigger",
    ),
]


@pytest.mark.parametrize(("role", "name", "arguments", "look"), PLANNED, ids=[name for _, name, _, _ in PLANNED])
async def test_after_a_quiet_spell_rows_are_still_looked_up_by_their_ids(
    postgres_dsn: str, role: Role, name: str, arguments: str, look: str
) -> None:
    await migrate(postgres_dsn)
    connection = await asyncpg.connect(postgres_dsn, server_settings=role.planner)
    await connection.execute("vacuum analyze penstock.trigger")
    await connection.execute(f"prepare it as {statement(name)}")
    lines = [row[0].strip() for row in await connection.fetch(f"explain (costs off) execute it({arguments})")]
    await connection.close()
    looks = [n for n, line in enumerate(lines) if look in line]
    walks = [line for line in lines if "on trigger" in line and ("Seq Scan" in line or "using trigger_" in line)]
    assert [line for line in walks if look not in line] == []
    assert looks
    assert lines[looks[0] + 1].startswith("Index Cond: (id = ")
