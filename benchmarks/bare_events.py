"""The bare store for events: journal, subject heads and cursor rows in PostgreSQL with no platform around them.

It is the base that figures of events are divided by: the same machine, the same PostgreSQL, the same minutes.
Its tables and statements stay as they are for ever, or old ratios mean nothing. They stand in a schema of their own.

    python -m benchmarks.bare_events DSN [--events 100000] [--subjects 10000] [--zipf 1.0] [--batch 500]
"""

import argparse
import asyncio
import itertools
import json
import time
from collections.abc import Sequence
from typing import Any

import asyncpg
from msgspec import Struct

from benchmarks.shapes import Shape

TABLES = """
drop schema if exists bare_events cascade; create schema bare_events; set search_path to bare_events;
create table journal (subject text, seq bigint, data bytea, primary key (subject, seq));
create table head (subject text primary key, head bigint not null) with (fillfactor = 50);
create table cursor (subscription int, subject text, cursor bigint not null, head bigint not null, status smallint not null,
                     claim int not null, primary key (subscription, subject)) with (fillfactor = 50);
"""  # noqa: E501 - letter for letter
PUBLISH = """with e as (select subject, data, ord from unnest($1::text[], $2::bytea[]) with ordinality t(subject, data, ord)),
c as (select subject, count(*) n from e group by subject),
h as (insert into bare_events.head as s select subject, n from c order by subject
      on conflict (subject) do update set head = s.head + excluded.head returning subject, head),
j as (insert into bare_events.journal select e.subject, h.head - c.n + row_number() over (partition by e.subject order by ord), e.data
      from e join h using (subject) join c using (subject))
select subject, head from h"""  # noqa: E501 - letter for letter
RAISE = """insert into bare_events.cursor as c select $1, x.s, 0, x.h, 2, 0 from unnest($2::text[], $3::bigint[]) x(s, h) order by x.s
on conflict (subscription, subject) do update set head = greatest(c.head, excluded.head), status = 2"""  # noqa: E501
CLAIM_READ = """with c as (update bare_events.cursor set status = 3, claim = claim + 1
           where subscription = $1 and subject = any($2::text[]) and status = 2 returning subject, cursor, head, claim)
select j.subject, j.seq, j.data, c.claim from c join bare_events.journal j on j.subject = c.subject and j.seq > c.cursor and j.seq <= c.head"""  # noqa: E501 - letter for letter
ADVANCE = """update bare_events.cursor c set cursor = x.upto, status = case when c.head > x.upto then 2 else 0 end
from unnest($2::text[], $3::bigint[], $4::int[]) x(s, upto, claim) where c.subscription = $1 and c.subject = x.s and c.claim = x.claim"""  # noqa: E501 - letter for letter
DATA = b"x" * 200
SUBSCRIPTIONS = (1, 2)
EVENTS = 100_000


class Rates(Struct, frozen=True):
    """Events a second: published, delivered to each of two subscriptions, and both in sequence."""

    publish: float
    deliver_each: float
    both: float
    events_per_delivery: float


async def run(dsn: str, names: Sequence[str], batch: int = 500) -> Rates:
    """Publish an event about each over two connections, then deliver all; raises `RuntimeError` when one is missing at
    the end.
    """
    events = len(names)
    chunks = [names[n : n + batch] for n in range(0, events, batch)]
    async with asyncpg.create_pool(dsn, min_size=4, max_size=4) as pool:
        await pool.execute(TABLES)
        start_s = time.perf_counter()
        published = await _publish(pool, chunks)
        middle_s = time.perf_counter()
        done = await asyncio.gather(*(_deliver(pool, number, published) for number in SUBSCRIPTIONS))
        end_s = time.perf_counter()
        await pool.execute("drop schema bare_events cascade")
    delivered, deliveries = [sum(each) for each in zip(*done, strict=True)]
    if delivered != len(SUBSCRIPTIONS) * events:
        raise RuntimeError(f"the bare store delivered {delivered} of {len(SUBSCRIPTIONS) * events} events")
    return Rates(
        events / (middle_s - start_s), events / (end_s - middle_s), events / (end_s - start_s), delivered / deliveries
    )


async def _publish(pool: Any, chunks: list[Sequence[str]]) -> list[list[Any]]:
    waiting = chunks[::-1]
    published: list[list[Any]] = []

    async def publisher() -> None:
        while waiting:
            chunk = waiting.pop()
            published.append(await pool.fetch(PUBLISH, chunk, [DATA] * len(chunk)))

    await asyncio.gather(publisher(), publisher())
    return published


async def _deliver(pool: Any, number: int, published: Sequence[list[Any]]) -> tuple[int, int]:
    """Events and deliveries of one subscription: heads are raised four batches at a time."""
    delivered = deliveries = 0
    for n in range(0, len(published), 4):
        heads: dict[str, int] = {}
        for row in itertools.chain(*published[n : n + 4]):
            heads[row["subject"]] = max(heads.get(row["subject"], 0), row["head"])
        keys = sorted(heads)
        await pool.execute(RAISE, number, keys, [heads[key] for key in keys])
        for m in range(0, len(keys), 200):
            rows = await pool.fetch(CLAIM_READ, number, keys[m : m + 200])
            reached: dict[str, tuple[int, int]] = {}
            for row in rows:
                reached[row["subject"]] = max(reached.get(row["subject"], (0, 0)), (row["seq"], row["claim"]))
            delivered += len(rows)
            deliveries += len(reached)
            columns = ([upto for upto, _ in reached.values()], [claim for _, claim in reached.values()])
            await pool.execute(ADVANCE, number, list(reached), *columns)
    return delivered, deliveries


async def run_for(dsn: str, seconds: float, shape: Shape) -> list[Rates]:
    """One run after another for at least so long."""
    names = shape.first(EVENTS)
    ends_at_s = time.perf_counter() + seconds
    rates: list[Rates] = []
    while not rates or time.perf_counter() < ends_at_s:
        rates.append(await run(dsn, names))
    return rates


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bare_events")
    parser.add_argument("dsn")
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument("--subjects", type=int, default=10_000, help="0: each event has one of its own")
    parser.add_argument("--zipf", type=float, default=1.0)
    parser.add_argument("--batch", type=int, default=500)
    wanted = parser.parse_args()
    names = Shape(wanted.subjects, wanted.zipf).first(wanted.events)
    rates = asyncio.run(run(wanted.dsn, names, wanted.batch))
    print(json.dumps({name: round(getattr(rates, name), 2) for name in Rates.__struct_fields__}))


if __name__ == "__main__":
    main()
