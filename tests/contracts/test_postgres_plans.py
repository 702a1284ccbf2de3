"""Plans that were made while the hot table was empty must be right when it holds a million rows."""

from __future__ import annotations

import asyncpg
import pytest

from penstock.adapters.postgres import migrate
from penstock.adapters.postgres.pools import TRANSITIONS
from penstock.adapters.postgres.statements import statement

NO_IDS = "'{}'"
LOW, HIGH = "'00000000-0000-0000-0000-000000000000'", "'ffffffff-ffff-ffff-ffff-ffffffffffff'"
ARGUMENTS = {
    "claim": f"{NO_IDS}, {LOW}, {HIGH}, '1 s', '1 s'",
    "heartbeat": "'{}', '{}', '{}', '1 s', '{}', '{}', '{}'",
    "finish_successes": "'{}', '{}', '{}', '{}', '{}', '{}', '{}'",
    "finish": ", ".join(["'{}'"] * 17) + ", true",
    "children_met": "'{}', '{}'",
    "children_counted": "'{}'",
    "children_move": "'{}', '{}', '{}', '{}', null",
}


@pytest.mark.parametrize("name", list(ARGUMENTS))
async def test_after_a_quiet_spell_rows_are_still_looked_up_by_their_ids(postgres_dsn: str, name: str) -> None:
    await migrate(postgres_dsn)
    connection = await asyncpg.connect(postgres_dsn, server_settings=TRANSITIONS.planner)
    await connection.execute("vacuum analyze penstock.trigger")
    await connection.execute(f"prepare it as {statement(name)}")
    lines = [row[0].strip() for row in await connection.fetch(f"explain (costs off) execute it({ARGUMENTS[name]})")]
    await connection.close()
    walks = [line for line in lines if "on trigger" in line and ("Seq Scan" in line or "using trigger_" in line)]
    assert walks == []
    at = next(n for n, line in enumerate(lines) if "Bitmap Index Scan on trigger_pkey" in line)
    assert lines[at + 1].startswith("Index Cond: (id = ")
