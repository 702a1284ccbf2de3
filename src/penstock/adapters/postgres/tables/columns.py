"""A table as it stands in the database, held against what was said of it."""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any, Final

from msgspec import Struct

from penstock.adapters.postgres.tables.shape import TableOrder, TableShape

_INTEGERS: Final = ("int2", "int4", "int8")
_TEXTS: Final = ("text", "varchar")
_TIMES: Final = ("timestamptz", "timestamp")
_JSON: Final = ("json", "jsonb")
SUBJECT_TYPES: Final = {"text": "text", "varchar": "text", "uuid": "uuid"} | dict.fromkeys(_INTEGERS, "int8")
"""the type of a subject's column -> as which its subjects travel"""
_ALLOWED: Final = {
    "subject": (tuple(SUBJECT_TYPES), "text, an integer or a uuid"),
    "sequence": (_INTEGERS, "an integer"),
    "data": ((*_TEXTS, *_JSON, "bytea"), "text, json, jsonb or bytea"),
    "type_column": (_TEXTS, "text"),
    "time": (_TIMES, "timestamptz"),
    "recent": ((*_INTEGERS, *_TIMES), "an integer or a timestamptz"),
}
_KINDS: Final = {"r": "", "p": "", "v": "a view", "m": "a materialized view", "f": "a foreign table"}


class TableFacts(Struct, frozen=True):
    """What a database says of a table."""

    kind: str
    """"": there is none, or this user may not see it"""
    columns: Mapping[str, str]
    """name -> type"""
    indexes: Sequence[tuple[Sequence[str], bool]]
    """leading columns, and whether it is unique"""
    caches: Sequence[tuple[str, int]]
    """sequences behind the numbers of which a session takes several at a time"""


async def facts_of(connection: Any, shape: TableShape) -> TableFacts:
    """Asks; raises what asyncpg raises."""
    place = shape.place()
    rows = await connection.fetch(sql("columns"), *place)
    return TableFacts(
        kind=rows[0][0] if rows else "",
        columns={row[1]: row[2] for row in rows if row[1] is not None},
        indexes=[(tuple(row[0]), row[1]) for row in await connection.fetch(sql("indexes"), *place)],
        caches=[tuple(row) for row in await connection.fetch(sql("caches"), *place, shape.sequence)],
    )


def problems_of(shape: TableShape, facts: TableFacts) -> list[str]:
    """Why the table cannot be read as events, for people: what, where, and what to do."""
    if not facts.kind:
        return [f"there is no table {shape.table}, or this user may not see it; check the name and the grants"]
    if _KINDS.get(facts.kind, "no table"):
        return [f"{shape.table} is {_KINDS.get(facts.kind, 'no table')}; name the table that holds the rows"]
    problems = [problem for field in _ALLOWED for problem in _column(shape, facts, field)]
    return problems or [*_indexes(shape, facts), *_cached_numbers(shape, facts)]


def remarks_on(shape: TableShape, facts: TableFacts) -> list[str]:
    """What works, and could be better."""
    remarks = []
    if not shape.recent:
        remarks.append(
            f"no column `recent` is named for {shape.table}: to find what has changed, every subject is looked at"
        )
    if shape.keeps_each and not any(unique and set(columns) <= _key(shape) for columns, unique in facts.indexes):
        remarks.append(
            f"no unique index says that {shape.subject} and {shape.sequence} of {shape.table} name one row: of two "
            "with the same, one may be missed"
        )
    return remarks


def sql(name: str) -> str:
    """The text `sql/<name>.sql`, not filled in yet."""
    return (files(__package__) / "sql" / f"{name}.sql").read_text("utf-8")


def _key(shape: TableShape) -> set[str]:
    return {shape.subject, shape.sequence}


def _column(shape: TableShape, facts: TableFacts, field: str) -> list[str]:
    name = getattr(shape, field)
    if not name:
        return []
    kind = facts.columns.get(name)
    if kind is None:
        known = ", ".join(sorted(facts.columns))
        return [f"{field}: {shape.table} has no column {name!r}; it has {known}"]
    types, words = _ALLOWED[field]
    if kind not in types:
        return [f"{field}: the column {name!r} of {shape.table} is {kind}; it must be {words}"]
    return []


def _indexes(shape: TableShape, facts: TableFacts) -> list[str]:
    leading = [tuple(columns) for columns, _ in facts.indexes]
    found = []
    if shape.keeps_each:
        if (shape.subject, shape.sequence) not in [columns[:2] for columns in leading]:
            found.append(_missing(shape, shape.subject, shape.sequence))
    elif (shape.subject,) not in [tuple(columns) for columns, unique in facts.indexes if unique]:
        found.append(_missing(shape, shape.subject, unique=True))
    if shape.recent and not any(columns[0] == shape.recent for columns in leading):
        found.append(_missing(shape, shape.recent))
    return found


def _missing(shape: TableShape, *columns: str, unique: bool = False) -> str:
    kind = "unique index" if unique else "index"
    listed = ", ".join(columns)
    return f"{shape.table} has no {kind} on ({listed}), so each look would read all of it; create one"


def _cached_numbers(shape: TableShape, facts: TableFacts) -> list[str]:
    if shape.order is TableOrder.LOCKED:
        return []
    return [
        f"sequence: sessions take {taken} numbers of {name} at a time, so they do not rise as rows are written; "
        f"`alter sequence {name} cache 1`"
        for name, taken in facts.caches
    ]
