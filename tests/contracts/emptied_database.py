"""One migrated database for many tests. Emptying it costs a tenth of copying the template for each."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import asyncpg

from penstock.testing.engines import run_apart

if TYPE_CHECKING:
    from penstock.adapters.embedded import EmbeddedEngines

_numbers = itertools.count(1)
_KEEP = """
create schema kept;
do $$
declare each regclass; has_rows bool;
begin
    for each in select oid from pg_class where relnamespace = 'penstock'::regnamespace and relkind = 'r' loop
        execute format('select exists (select from only %s)', each) into has_rows;
        if has_rows then
            execute format('create table kept.%I as table %s', (select relname from pg_class where oid = each), each);
        end if;
    end loop;
end $$;
create table kept."the numbers" as
    select format('%I.%I', schemaname, sequencename) as name, coalesce(last_value, start_value) as number,
        last_value is not null as is_called
    from pg_sequences where schemaname = 'penstock';
create table kept."the shape" as
    select count(*), sum(oid::int8) from pg_class where relnamespace = 'penstock'::regnamespace
"""
_EMPTY = """
set session_replication_role = replica;
do $$
declare each regclass; has_rows bool;
begin
    for each in select oid from pg_class where relnamespace = 'penstock'::regnamespace and relkind = 'r' loop
        execute format('select exists (select from only %s)', each) into has_rows;
        if has_rows then
            execute format('delete from only %s', each);
        end if;
    end loop;
    for each in select oid from pg_class where relnamespace = 'kept'::regnamespace and relkind = 'r'
        and relname not in ('the numbers', 'the shape') loop
        execute format('insert into penstock.%1$I overriding system value table kept.%1$I',
            (select relname from pg_class where oid = each));
    end loop;
end $$;
select setval(name, number, is_called) from kept."the numbers"
"""
_IS_IN_SHAPE = """
select (select (count, sum) from kept."the shape")
    = (select (count(*), sum(oid::int8)) from pg_class where relnamespace = 'penstock'::regnamespace)
"""
_HANG_UP = """
select pg_terminate_backend(pid, 5000) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
"""


class EmptiedDatabase:
    """`prepared`: what its tests add to the template, once. One that a test has reshaped is replaced by a new one."""

    def __init__(self, engines: EmbeddedEngines, template: str, prepared: str) -> None:
        self._engines, self._template, self._prepared = engines, template, prepared
        self._name = ""

    @property
    def dsn(self) -> str:
        """Of a database as migrated."""
        if not self._name:
            self._name = f"emptied_{next(_numbers)}"
            run_apart(_execute(self._engines.postgres_dsn, f"create database {self._name} template {self._template}"))
            run_apart(_execute(self._engines.database_dsn(self._name), self._prepared, _KEEP))
        return self._engines.database_dsn(self._name)

    def empty(self) -> None:
        """As it was before the test that used it."""
        if not run_apart(_emptied(self.dsn)):
            self.drop()

    def drop(self) -> None:
        """At the end, too."""
        if self._name:
            run_apart(_execute(self._engines.postgres_dsn, f"drop database {self._name} with (force)"))
            self._name = ""


async def _execute(dsn: str, *statements: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def _emptied(dsn: str) -> bool:
    """False: it has other tables than it had."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(_HANG_UP)
        is_in_shape: bool = await connection.fetchval(_IS_IN_SHAPE)
        if is_in_shape:
            await connection.execute(_EMPTY)
        return is_in_shape
    finally:
        await connection.close()
