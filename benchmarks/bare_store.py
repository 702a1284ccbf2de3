"""The bare store: a task's three writes in PostgreSQL with no platform around them.

It is the base that end-to-end figures are divided by: the same machine, the same PostgreSQL, the same minutes.
Its tables and statements stay as they are for ever, or old ratios mean nothing. They stand in a schema of their own.

    python -m benchmarks.bare_store DSN [--tasks 60000] [--batch 500] [--connections 2]
"""

import argparse
import asyncio
import json
import time
import uuid
from typing import Any

import asyncpg
from msgspec import Struct

TABLES = """
drop schema if exists bare_store cascade; create schema bare_store; set search_path to bare_store;
create table task (id uuid primary key, lambda_id int not null, collection text, payload bytea, created_at timestamptz not null);
create table trigger (id uuid primary key, lambda_id int not null, priority int not null, trigger_at timestamptz not null,
                      status smallint not null, claim int not null);
create index on trigger (lambda_id, priority, trigger_at);
create table outcome (id uuid primary key, lambda_id int not null, status smallint not null, finished_at timestamptz not null);
"""  # noqa: E501 - letter for letter
INSERT = """with t as (insert into bare_store.task select id, 1, 'c', payload, now() from unnest($1::uuid[], $2::bytea[]) x(id, payload) returning id)
insert into bare_store.trigger select id, 1, 1, now() + interval '5 s', 2, 0 from t"""  # noqa: E501
CLAIM = """with c as (update bare_store.trigger set status = 3, claim = claim + 1, trigger_at = now() + interval '30 s'
           where id = any($1::uuid[]) and status = 2 returning id, claim)
select c.id, c.claim, t.payload from c join bare_store.task t using (id)"""
COMPLETE = """with d as (delete from bare_store.trigger where id = any($1::uuid[]) and claim = 1 returning id, lambda_id)
insert into bare_store.outcome select id, lambda_id, 7, now() from d"""  # noqa: E501
PAYLOAD = b"x" * 100


class Rates(Struct, frozen=True):
    """Rows a second of each step; `lifecycles` is all three in sequence."""

    insert: float
    claim: float
    complete: float

    @property
    def lifecycles(self) -> float:
        return 1 / (1 / self.insert + 1 / self.claim + 1 / self.complete)


async def run(dsn: str, tasks: int = 60_000, batch: int = 500, connections: int = 2) -> Rates:
    """Lead `tasks` rows through their three writes; raises `RuntimeError` when one of them is missing at the end."""
    base_ms = int(time.time() * 1000)
    ids = [uuid.UUID(int=(base_ms << 80) | (7 << 76) | (2 << 62) | n) for n in range(tasks)]
    batches = [ids[n : n + batch] for n in range(0, tasks, batch)]
    async with asyncpg.create_pool(dsn, min_size=connections, max_size=connections) as pool:
        await pool.execute(TABLES)
        insert = await _rate(pool, connections, batches, INSERT, PAYLOAD)
        claim = await _rate(pool, connections, batches, CLAIM)
        complete = await _rate(pool, connections, batches, COMPLETE)
        done = await pool.fetchval("select count(*) from bare_store.outcome")
        await pool.execute("drop schema bare_store cascade")
    if done != tasks:
        raise RuntimeError(f"the bare store completed {done} of {tasks}")
    return Rates(insert, claim, complete)


async def _rate(pool: Any, connections: int, batches: list[list[uuid.UUID]], statement: str, *columns: bytes) -> float:
    waiting = batches[::-1]

    async def work() -> None:
        while waiting:
            ids = waiting.pop()
            await pool.fetch(statement, ids, *([column] * len(ids) for column in columns))

    started_at_s = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(connections)))
    return sum(map(len, batches)) / (time.perf_counter() - started_at_s)


async def run_for(dsn: str, seconds: float) -> list[Rates]:
    """One run after another for at least so long."""
    ends_at_s = time.perf_counter() + seconds
    rates: list[Rates] = []
    while not rates or time.perf_counter() < ends_at_s:
        rates.append(await run(dsn))
    return rates


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bare_store")
    parser.add_argument("dsn")
    parser.add_argument("--tasks", type=int, default=60_000)
    parser.add_argument("--batch", type=int, default=500)
    parser.add_argument("--connections", type=int, default=2)
    wanted = parser.parse_args()
    rates = asyncio.run(run(wanted.dsn, wanted.tasks, wanted.batch, wanted.connections))
    figures = {name: getattr(rates, name) for name in ("insert", "claim", "complete", "lifecycles")}
    print(json.dumps({name: round(figure) for name, figure in figures.items()}))


if __name__ == "__main__":
    main()
