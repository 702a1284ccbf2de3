"""Dead events keep all that is known of them; one that dies again is told anew."""

from __future__ import annotations

from msgspec import structs

from penstock.adapters.postgres import PostgresStore, migrate
from penstock.model.delivery import delivery_id
from penstock.model.delivery_row import EventLetter, NewDelivery, Settle
from penstock.model.event import StoredEvent, hash_of_subject
from penstock.model.lane import lambda_of
from penstock.model.lifecycle import HELD_FOR_DEAD_EVENT, Event
from penstock.model.subscription import SubscriptionSpec
from penstock.model.task import Failure
from tests.contracts.postgres_store import open_bench, sql_connection

HASH = hash_of_subject("ä")
EVENT = StoredEvent(
    "ä", HASH, 5, 1_700_000_000_000_000, "changed", b"\x00", "disk", "e1", 0, "text/plain", b'{"a":"b"}'
)
LETTER = EventLetter(EVENT, 3, 1, True, "budget", Failure("ValueError", "no", "line 1"), "host/1")


async def test_a_letter_is_kept_and_told_anew(postgres_dsn: str) -> None:
    await migrate(postgres_dsn)
    async with PostgresStore.connect(postgres_dsn) as store:
        sql = await sql_connection(postgres_dsn)
        bench = await open_bench(store, sql)
        number = lambda_of(bench.lane)
        (known,) = await store.subscriptions.declare(bench.namespace_id, {number: SubscriptionSpec("files")}, [])
        row = delivery_id(number, known.stream_id, HASH, 7)
        new = NewDelivery(row, bench.lane, bench.namespace_id, known.stream_id, "ä", HASH, 0, 9)
        await store.deliveries.make([new], lambda _: 1)
        for claim, letter in enumerate((LETTER, structs.replace(LETTER, attempts=4, reason="fatal")), 1):
            assert len(await store.deliveries.claim([row], 30.0)) == 1
            moved = await store.deliveries.apply([Settle(row, claim, Event.BLOCKED, 4, letter=letter)], lambda _: 1)
            assert moved.held == [True]
            await store.due_work.free_held(HELD_FOR_DEAD_EVENT, [number], 1)
            await store.due_work.enqueue_due({bench.lane: 1}, ((0, 1023),), 5.0)
        kept = await sql.fetch("select * from penstock.event_letter")
        await sql.close()
    (line,) = [dict(each) for each in kept]
    assert line.pop("died_at") > 0
    assert line == {
        "sequence": 5, "appended_at": EVENT.appended_at_us, "happened_at": None, "delivery_id": row,
        "lambda_id": number, "stream_id": known.stream_id, "namespace_id": bench.namespace_id,
        "attempts": 4, "crashes": 1, "blocks": True,
        "subject_hash": HASH, "subject": "ä", "type": "changed", "data": b"\x00", "source": "disk", "id": "e1",
        "content_type": "text/plain", "extensions": b'{"a":"b"}', "failure_type": "ValueError", "failure_message": "no",
        "failure_traceback": "line 1", "executor": "host/1", "reason": "fatal",
    }  # fmt: skip
