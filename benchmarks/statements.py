"""Which statements keep PostgreSQL busy: its backends, looked at again and again."""

import asyncio
from collections import Counter

import asyncpg

from benchmarks.stacks import Spent, shares

LOOK_EVERY_S = 0.02
_ACTIVE = """
select coalesce(nullif(query, ''), backend_type), coalesce(wait_event, 'on the processor')
from pg_stat_activity where pid <> pg_backend_pid() and (
    state = 'active' and datname = current_database() or backend_type in ('checkpointer', 'autovacuum worker')
    and wait_event_type is distinct from 'Activity')
"""


async def sample_statements(dsn: str, seconds: float) -> Spent:
    """`itself`: statement and what it waits for; `inside`: the statement. Samples are backends seen active."""
    itself: Counter[str] = Counter()
    inside: Counter[str] = Counter()
    loop = asyncio.get_running_loop()
    connection = await asyncpg.connect(dsn)
    try:
        ends_at_s = loop.time() + seconds
        while loop.time() < ends_at_s:
            for query, wait in await connection.fetch(_ACTIVE):
                name = title(query)
                inside[name] += 1
                itself[f"{name}: {wait}"] += 1
            await asyncio.sleep(LOOK_EVERY_S)
    finally:
        await connection.close()
    samples = sum(inside.values())
    return Spent(samples, shares(itself, samples), shares(inside, samples))


def title(query: str) -> str:
    """The statement's first words: our statements begin with a comment that says what they do."""
    return " ".join(query.split())[:60]
