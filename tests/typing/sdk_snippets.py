"""Never run: mypy reads it. Right uses assert their types; wrong ones carry the error that must be there."""

from collections.abc import AsyncIterator, Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, assert_type

from penstock import App, Call, Event, EventFailed, Gate, GateChange, Handle, Retry, Status, current_task

app = App("mail")


@app.task
async def send_email(to: str, template: str, copies: int = 1) -> bool:
    return bool(to)


@app.task
def count_lines(path: str) -> int:
    return len(path)


@app.task(retry=Retry(max_attempts=8), timeout=timedelta(seconds=30))
async def fetch(url: str) -> bytes:
    return url.encode()


@app.task(name="plain")
def plain(x: int) -> list[int]:
    return [x]


async def arguments_and_results() -> None:
    handle = await send_email.schedule("ada@example.org", template="reset")
    assert_type(handle, Handle[bool])
    assert_type(await handle.result(timeout=timedelta(seconds=1)), bool)
    assert_type(await handle.status(), Status)
    assert_type(await handle.retry(), Handle[bool])
    assert_type(handle.id, str)
    assert_type(await (await fetch.schedule("x")).result(), bytes)
    assert_type(plain.schedule_sync(1).result_sync(), list[int])
    assert_type(count_lines.handle("id"), Handle[int])

    await send_email.schedule("ada@example.org")  # type: ignore[call-arg]
    await send_email.schedule(1, template="x")  # type: ignore[arg-type]
    await send_email.schedule("a", template="x", colour="red")  # type: ignore[call-arg]
    plain.schedule_sync("1")  # type: ignore[arg-type]


async def cursors() -> None:
    assert_type((await app.cursors.replay(send_email.name, preview=True)).events, int | None)
    assert_type((await app.cursors.redrive("mail.index", "a", 3)).out_of_order, bool)
    assert_type(app.cursors.verify_sync("files").complete, bool)
    await app.cursors.skip("mail.index", "a", 3)  # type: ignore[call-arg]
    await app.cursors.replay("mail.index", since="now")  # type: ignore[arg-type]


async def still_functions() -> None:
    assert_type(await send_email("ada@example.org", template="x"), bool)
    await assert_type(send_email("ada@example.org", template="x"), Coroutine[Any, Any, bool])
    assert_type(count_lines("x"), int)
    assert_type(await fetch("x"), bytes)
    count_lines(1)  # type: ignore[arg-type]


async def options() -> None:
    later = send_email.options(delay=timedelta(minutes=1), priority="high", key="k")
    assert_type(await later.schedule("ada@example.org", template="x"), Handle[bool])
    assert_type(later.schedule_sync("ada@example.org", template="x"), Handle[bool])
    send_email.options(priority="urgent")  # type: ignore[arg-type]
    send_email.options(to="ada@example.org")  # type: ignore[call-arg]
    later.schedule_sync("ada@example.org")  # type: ignore[call-arg]


async def many() -> None:
    assert_type(send_email.call("a", template="x"), Call[bool])
    assert_type(await app.schedule_many(send_email.call(to, template="x") for to in "abc"), list[Handle[bool]])
    assert_type(app.schedule_many_sync([plain.call(1)]), list[Handle[list[int]]])

    async def calls() -> AsyncIterator[Call[int]]:
        yield count_lines.call("x")

    assert_type(await app.schedule_many(calls()), list[Handle[int]])
    send_email.call(template="x")  # type: ignore[call-arg]
    await app.schedule_many([1])  # type: ignore[arg-type]


async def by_name() -> None:
    assert_type(await app.lambda_("billing.charge").schedule(order=17), Handle[Any])


def the_words_of_others() -> None:
    send_email.delay("ada@example.org")  # type: ignore[attr-defined]
    send_email.apply_async()  # type: ignore[attr-defined]


@app.on_start
async def pools() -> AsyncIterator[None]:
    yield


def running() -> None:
    assert_type(current_task().id, str)
    assert_type(current_task().claim, int)
    assert_type(pools(), AsyncIterator[None])


async def events() -> None:
    assert_type(await app.publish("files", subject="a.txt", type="changed", data={"size": 7}, expected=0), int)
    assert_type(app.publish_sync("files", subject="a.txt", type="changed", data=b"", content_type="image/png"), int)
    assert_type(await app.publish_many(Event("files", name, "changed") for name in "abc"), list[int])
    assert_type(app.publish_many_sync([Event("files", "a.txt", "changed")]), list[int])
    await app.publish("files", "a.txt", "changed")  # type: ignore[call-arg]
    await app.publish("files", subject="a.txt")  # type: ignore[call-arg]
    await app.publish_many(["a.txt"])  # type: ignore[list-item]


async def gates() -> None:
    assert_type(await app.gates.pause(send_email, "letters", lasting=timedelta(hours=2)), Gate)
    assert_type(app.gates.open_sync("mail.send_email"), Gate)
    assert_type(await app.gates.list(), tuple[Gate, ...])
    assert_type(await app.gates.history(fetch, limit=5), tuple[GateChange, ...])
    await app.gates.open(send_email, lasting=1)  # type: ignore[call-arg]


@dataclass
class FileChanged:
    size: int


@app.on("files", order="subject", batch=100, types=["file.*"], start="beginning")
async def index(events: list[Event]) -> None:
    assert_type(events[0].data, Any)
    assert_type(events[0].sequence, int)


@app.on("files", after=[index, "audit.write"], start=datetime.now(UTC), when_dead="skip")
def preview(event: Event[FileChanged]) -> int:
    assert_type(event.data, FileChanged)
    if event.data.size > 10:
        raise EventFailed(event, "too large")
    return event.data.size


@app.on("files")
async def count(events: Sequence[Event[FileChanged]]) -> int:
    return len(events)


async def subscriptions(changed: Event[FileChanged]) -> None:
    assert_type(preview(changed), int)
    assert_type(await count([changed]), int)
    await index([changed, Event("files", "a.txt", "file.changed", 7)])
    preview(Event("files", "a.txt", "file.changed", 7))  # type: ignore[arg-type]
    await index(changed)  # type: ignore[arg-type]
    await index.schedule([changed])  # type: ignore[attr-defined]
    app.on("files", order="sorted")  # type: ignore[arg-type]
    app.on("files", after=[plain])  # type: ignore[list-item]
    app.on("files")(plain)  # type: ignore[arg-type]
    await app.gates.pause(index)
