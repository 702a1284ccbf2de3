"""Sources as an operator declares them: opened, found by their stream, looked at by doctor, and no secret told."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest
from pydantic import SecretStr

from penstock.adapters.memory import MemoryPingQueue, PingBus
from penstock.adapters.postgres import PostgresStore
from penstock.adapters.postgres.folder_source import PostgresFolderSource
from penstock.adapters.postgres.journal_source import PostgresJournalSource
from penstock.adapters.postgres.tables import TableSource
from penstock.cli.checkup.finding import Verdict
from penstock.cli.checkup.settings import look_at_settings
from penstock.cli.checkup.sources import look_at_sources
from penstock.compose.background import crew
from penstock.compose.custom_source import GuardedSource
from penstock.compose.sources import open_sources
from penstock.model.errors import InvalidInput
from penstock.settings import Settings, load_settings
from penstock.testing.contracts.source_scene import key

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

SECRET = "hunter2"
DECLARED = """
postgres_url = "{dsn}"

[sources.orders]
kind = "journal_table"
postgres_url_variable = "SHOP_POSTGRES_URL"
table = "shop.order_event"
subject = "order_id"
sequence = "number"
order = "horizon"
recent = "id"

[sources.customers]
kind = "entity_table"
stream = "people"
namespace = "sales"
table = "shop.customer"
subject = "id"
revision = "revision"

[sources.documents]
kind = "folder"
folder = "documents"
look_every_s = 0.01

[sources.readings]
kind = "custom"
factory = "examples.sources.line_files:open_source"
options = {{ folder = ".", token = "hunter2" }}
"""
TABLES = """
create schema shop;
create table shop.order_event (id bigserial primary key, order_id bigint, number bigint, unique (order_id, number));
create table shop.customer (id uuid primary key, revision int not null);
insert into shop.order_event (order_id, number) values (7, 1);
"""


@pytest.fixture
async def settings(postgres_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    sql = await asyncpg.connect(postgres_dsn)
    await sql.execute(TABLES)
    await sql.close()
    (tmp_path / "penstock.toml").write_text(DECLARED.format(dsn=postgres_dsn))
    (tmp_path / "documents").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SHOP_POSTGRES_URL", postgres_dsn)
    return load_settings()


@pytest.fixture
async def store(postgres_dsn: str) -> AsyncIterator[PostgresStore]:
    async with PostgresStore.connect(postgres_dsn) as one:
        yield one


async def stream(store: PostgresStore, name: str, namespace: str = "default") -> Any:
    found = await store.streams.find(await store.registry.namespace(namespace), name)
    assert found is not None
    return found.id


async def test_each_stream_has_the_source_that_was_declared_for_it(
    settings: Settings, store: PostgresStore, tmp_path: Path
) -> None:
    bus = PingBus()
    pings = MemoryPingQueue(bus)
    await pings.start()
    async with crew() as start, open_sources(settings, store, pings, start) as book:
        orders = book.source_of(await stream(store, "orders"))
        people = book.source_of(await stream(store, "people", "sales"))
        documents = book.source_of(await stream(store, "documents"))
        readings = book.source_of(await stream(store, "readings"))
        native = (await store.streams.resolve(await store.registry.namespace("default"), ["people"]))["people"]
        assert [type(each) for each in (orders, people, documents, readings, book.source_of(native))] == [
            TableSource,
            TableSource,
            PostgresFolderSource,
            GuardedSource,
            PostgresJournalSource,
        ]
        assert await orders.heads([key("7"), key("8")]) == [1, 0]
        (tmp_path / "documents" / "a.txt").write_text("1")
        async with asyncio.timeout(60):
            while not any(subject == "a.txt" for _, subject in bus.reached):
                await asyncio.sleep(0.01)
        assert (await documents.heads([key("a.txt")]))[0] == bus.reached[(await stream(store, "documents"), "a.txt")]


async def test_a_table_that_is_not_there_yet_stops_nothing(
    settings: Settings, store: PostgresStore, postgres_dsn: str, caplog: pytest.LogCaptureFixture
) -> None:
    sql = await asyncpg.connect(postgres_dsn)
    await sql.execute("drop table shop.order_event")
    async with crew() as start, open_sources(settings, store, MemoryPingQueue(PingBus()), start) as book:
        async with asyncio.timeout(60):
            while "there is no table shop.order_event" not in caplog.text:
                await asyncio.sleep(0.01)
        assert await book.source_of(await stream(store, "people", "sales")).heads([key("x")]) == [0]
        await sql.execute("create table shop.order_event (id bigserial primary key, order_id bigint, number bigint)")
        await sql.execute("create unique index on shop.order_event (order_id, number)")
        assert await book.source_of(await stream(store, "orders")).heads([key("7")]) == [0]
    await sql.close()


def test_doctor_says_of_each_whether_it_can_be_read(settings: Settings, postgres_dsn: str) -> None:
    findings = list(look_at_sources(settings, postgres_dsn))
    assert {finding.subject: finding.verdict for finding in findings} == dict.fromkeys(settings.sources, Verdict.OK)
    (settings.sources["documents"].folder.resolve()).rmdir()  # type: ignore[union-attr]
    said = {finding.subject: finding for finding in look_at_sources(settings, "")}
    assert "the folder documents cannot be looked at" in said["documents"].text
    assert "the platform's PostgreSQL does not run, and no postgres_url is named" in said["customers"].text
    assert said["orders"].verdict is said["readings"].verdict is Verdict.OK


def test_doctor_says_what_is_wrong_with_a_table(
    settings: Settings, postgres_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = settings.sources["orders"].model_copy(update={"subject": "who", "recent": ""})
    changed = settings.model_copy(update={"sources": {"orders": wrong}})
    (finding,) = look_at_sources(changed, postgres_dsn)
    assert "shop.order_event has no column 'who'; it has id, number, order_id" in finding.text
    monkeypatch.delenv("SHOP_POSTGRES_URL")
    (finding,) = look_at_sources(changed, postgres_dsn)
    assert "the variable SHOP_POSTGRES_URL is not set" in finding.text


def test_secrets_are_not_told(settings: Settings, postgres_dsn: str) -> None:
    hidden = settings.sources["orders"].model_copy(
        update={"postgres_url_variable": "", "postgres_url": SecretStr(f"postgresql://u:{SECRET}@127.0.0.1:1/x")}
    )
    bad = hidden.model_copy(update={"postgres_url": SecretStr(f"postgresql://u:{SECRET}@[/x")})
    all_of_them = settings.model_copy(update={"sources": {**settings.sources, "hidden": hidden, "bad": bad}})
    findings = [*look_at_settings(all_of_them), *look_at_sources(all_of_them, postgres_dsn)]
    assert SECRET not in repr(findings)
    assert SECRET not in repr(all_of_them.sources)
    said = {finding.subject: finding.text for finding in findings}
    assert "source hidden: " in said["hidden"]
    assert "sources.bad.postgres_url: is no address of a PostgreSQL" in said["bad"]


WRONG = [
    ("kind = 'river'", "is of kind 'river', which is none; use one of journal_table, entity_table, folder, custom"),
    ("stream = 'x'", "says no kind; a source is a journal_table, an entity_table, a folder or custom"),
    ("kind = 'folder'", "sources.files.folder.folder in "),
    ("kind = 'folder'\nfolder = 'x'\nlook_every_s = 0", "greater than 0"),
    ("kind = 'folder'\nfolder = 'x'\ncolour = 'red'", "sources.files.folder.colour in "),
    ("kind = 'folder'\nfolder = 'x'\nstream = 'No Name'", "'No Name' is not a name"),
    ("kind = 'folder'\nfolder = 'x'\nnamespace = 'No Name'", "'No Name'"),
    ("kind = 'custom'\nfactory = 'no reference'", "sources.files.custom.factory in "),
    ("kind = 'journal_table'\ntable='t'\nsubject='a'\nsequence='b'", "sources.files.journal_table.order in "),
    ("kind = 'journal_table'\ntable='t'\nsubject='a'\nsequence='b'\norder='loose'", "'locked', 'dense' or 'horizon'"),
    ("kind = 'entity_table'\ntable='t'\nsubject='a'\nrevision='b'\ntype=''", "is empty"),
    (
        "kind = 'entity_table'\ntable='t'\nsubject='a'\nrevision='b'\npostgres_url='x'\npostgres_url_variable='X'",
        "say the same thing",
    ),
    (
        "kind = 'folder'\nfolder = 'x'\n[sources.other]\nkind = 'folder'\nfolder = 'y'\nstream = 'files'",
        "has one already",
    ),
    ("kind = 'folder'\nfolder = 'x'\n[sources.'No Name']\nkind = 'folder'\nfolder = 'y'", "or name a stream"),
]


@pytest.mark.parametrize(("lines", "sentence"), WRONG, ids=[sentence[:30] for _, sentence in WRONG])
def test_a_declaration_that_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: str, sentence: str) -> None:
    (tmp_path / "penstock.toml").write_text(f"[sources.files]\n{lines}\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidInput) as refused:
        load_settings()
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


async def test_a_shape_that_no_table_can_have_is_refused_at_the_start(settings: Settings, store: PostgresStore) -> None:
    wrong = settings.sources["orders"].model_copy(update={"table": "shop."})
    changed = settings.model_copy(update={"sources": {"orders": wrong}})
    with pytest.raises(InvalidInput, match=r"sources\.orders\.table: '' is no name of PostgreSQL's"):
        async with crew() as start, open_sources(changed, store, MemoryPingQueue(PingBus()), start):
            pass
