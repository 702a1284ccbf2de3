"""Deliveries are looked up by their ids, whatever was there when a statement was planned; tasks never look there."""

from __future__ import annotations

import asyncpg
import pytest

from penstock.adapters.postgres import migrate
from penstock.adapters.postgres.pools import DELIVERIES, SUCCESSES, TRANSITIONS, Role
from penstock.adapters.postgres.statements import statement

NO_IDS = "'{}'"
LOW, HIGH = "'00000000-0000-0000-0000-000000000000'", "'ffffffff-ffff-ffff-ffff-ffffffffffff'"
OF_DELIVERIES = [
    ("delivery_raise", "'{}', '{}', '{}', '{}', '{}', '1 s', '1 s'"),
    ("delivery_make", "'{}', '{}', '{}', '{}', '{}', '1 s', '1 s', '{}', '{}', '{}', '{}', '{}', '{}', false"),
    ("delivery_lift", "'{}', '{}', '{}', '{}', '{}', '1 s', '1 s'"),
    ("delivery_lock", "'{}'"),
    ("delivery_claim", "'{}', '1 s', '1 s'"),
    ("delivery_advance", "'{}', '{}', '{}', '{}', false, '{}', '{}', '{}', '1 s', '1 s'"),
    ("delivery_settle", ", ".join(["'{}'"] * 14)),
    ("delivery_lower", "'{}', '{}', '{}', '{}'"),
    ("delivery_rows", "'{}'"),
    ("cursors_behind", "'{}', '{}'"),
    ("cursors_rows", "'{}'"),
    ("cursors_forget", "'{}', '{}'"),
    ("cursors_skip", f"{LOW}, 1, 1"),
    ("cursors_redrive", f"{LOW}, 1, 1"),
]
OF_TASKS = [
    (TRANSITIONS, "claim", f"{NO_IDS}, {LOW}, {HIGH}, '1 s', '1 s'"),
    (TRANSITIONS, "finish", ", ".join(["'{}'"] * 17) + ", true"),
    (SUCCESSES, "finish_successes", "'{}', '{}', '{}', '{}', '{}', '{}', '{}'"),
]


@pytest.mark.parametrize(("name", "arguments"), OF_DELIVERIES, ids=[name for name, _ in OF_DELIVERIES])
async def test_rows_are_looked_up_by_their_ids(postgres_dsn: str, name: str, arguments: str) -> None:
    lines = await plan(postgres_dsn, DELIVERIES, name, arguments)
    walks = [line for line in lines if "delivery" in line and ("Seq Scan on" in line or "using delivery_" in line)]
    by_key = [line for line in walks if "using delivery_pkey" in line or "using delivery_due" in line]
    assert walks == by_key, "\n".join(lines)
    for number, line in enumerate(lines):
        if "using delivery_pkey" in line:
            assert lines[number + 1].startswith("Index Cond: (id = "), "\n".join(lines)
        if "using delivery_due" in line:
            assert lines[number + 1].startswith("Index Cond: ((lane = "), "\n".join(lines)


@pytest.mark.parametrize(("role", "name", "arguments"), OF_TASKS, ids=[name for _, name, _ in OF_TASKS])
async def test_the_path_of_tasks_never_looks_at_deliveries(
    postgres_dsn: str, role: Role, name: str, arguments: str
) -> None:
    assert [line for line in await plan(postgres_dsn, role, name, arguments) if "delivery" in line] == []


def test_the_door_of_tasks_never_looks_at_deliveries() -> None:
    for name in ("admit", "finish", "finish_successes", "claim", "move"):
        assert "from penstock.trigger" not in statement(name)
        assert "update penstock.trigger" not in statement(name)
        assert "penstock.delivery" not in statement(name)


async def plan(dsn: str, role: Role, name: str, arguments: str) -> list[str]:
    """As it is made on an empty table, and kept."""
    await migrate(dsn)
    connection = await asyncpg.connect(dsn, server_settings=role.planner)
    await connection.execute("vacuum analyze penstock.delivery")
    await connection.execute(f"prepare it as {statement(name)}")
    rows = await connection.fetch(f"explain (costs off) execute it({arguments})")
    await connection.close()
    return [row[0].strip().removeprefix("->  ") for row in rows]
