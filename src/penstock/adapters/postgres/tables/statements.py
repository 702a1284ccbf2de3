"""The statements for one table, its names quoted and filled in."""

import re
from collections.abc import Mapping
from typing import Final

from penstock.adapters.postgres.tables.columns import SUBJECT_TYPES, TableFacts, sql
from penstock.adapters.postgres.tables.shape import TableOrder, TableShape, quoted

_HORIZON: Final = (
    "select $1::bigint as oldest, pg_snapshot_xmax(pg_current_snapshot())::text::bigint - $1::bigint as span"
)
_HEADS: Final = {
    TableOrder.LOCKED: "head_locked",
    TableOrder.DENSE: "head_dense",
    TableOrder.HORIZON: "head_horizon",
}
_OURS: Final = frozenset({"{head}", "{head_horizon}", "{settled}", "{horizon}", "{after_mark}", "{from_mark}"})
_DEPTH: Final = 3
_WORD: Final = re.compile(r"\{[a-z_]+\}")
_TIMES_LATE: Final = "- interval '10 seconds'"
"""hosts that write times of their own clocks"""


class TableStatements:
    """SQL over one table. `$1` is always how far transactions have settled."""

    def __init__(self, shape: TableShape, facts: TableFacts) -> None:
        words = _words(shape, facts)
        self.subject_type: str = words["{subject_type}"]
        self.ranges = _filled("ranges", words | {"{direction}": ""})
        self.ranges_latest = _filled("ranges", words | {"{direction}": "desc"})
        self.heads = _filled("heads", words)
        self.strays = _filled("strays", words)
        self.scan_first = _filled("scan", words | {"{after_mark}": "t.{subject} is not null and $2::text is null"})
        self.scan_next = _filled("scan", words | {"{after_mark}": "t.{subject} > $2::text::{subject_type}"})
        if shape.time:
            self.positions = _filled("positions", words)
        if shape.recent:
            self._fill_recent(words)

    def _fill_recent(self, words: dict[str, str]) -> None:
        no_place = "$3::bigint is null and $4::text is null"
        since = "t.{recent} >= $2::text::{recent_type}"
        place = "($2::text::{recent_type}, $3::bigint, $4::text::{subject_type})"
        beyond = "(t.{recent}, t.{sequence}, t.{subject}) > " + place
        self.floor = _filled("floor", words)
        at_all = "t.{recent} is not null and $2::text is null and " + no_place
        self.changed_all = _filled("changed", words | {"{from_mark}": at_all})
        self.changed_since = _filled("changed", words | {"{from_mark}": f"{since} and {no_place}"})
        self.changed_next = _filled("changed", words | {"{from_mark}": f"{since} and {beyond}"})


def _words(shape: TableShape, facts: TableFacts) -> dict[str, str]:
    recent_type = facts.columns.get(shape.recent, "")
    return {
        "{head}": sql(_HEADS[shape.order]).strip(),
        "{head_horizon}": sql("head_horizon").strip(),
        "{settled}": sql("settled").strip(),
        "{horizon}": _HORIZON,
        "{table}": ".".join(map(quoted, shape.place())),
        "{subject}": quoted(shape.subject),
        "{subject_type}": SUBJECT_TYPES[facts.columns[shape.subject]],
        "{sequence}": quoted(shape.sequence),
        "{data}": _data(shape, facts),
        "{kind}": f"left(t.{quoted(shape.type_column)}, 256)" if shape.type_column else "null::text",
        "{time}": _time(shape, facts),
        "{time_column}": quoted(shape.time) if shape.time else "",
        "{recent}": quoted(shape.recent) if shape.recent else "",
        "{recent_type}": recent_type,
        "{overlap}": _TIMES_LATE if recent_type.startswith("timestamp") else "",
    }


def _data(shape: TableShape, facts: TableFacts) -> str:
    if not shape.data:
        return "convert_to(to_jsonb(t)::text, 'UTF8')"
    column = f"t.{quoted(shape.data)}"
    return column if facts.columns[shape.data] == "bytea" else f"convert_to({column}::text, 'UTF8')"


def _time(shape: TableShape, facts: TableFacts) -> str:
    if not shape.time:
        return "null::timestamptz"
    column = f"t.{quoted(shape.time)}"
    return column if facts.columns[shape.time] == "timestamptz" else f"{column} at time zone 'UTC'"


def _filled(name: str, words: Mapping[str, str]) -> str:
    """Words of ours hold words of ours; names of theirs may look like any, so they come last and are not looked at."""
    text = sql(name)
    for _ in range(_DEPTH):
        text = _WORD.sub(lambda word: words[word[0]] if word[0] in _OURS else word[0], text)
    return _WORD.sub(lambda word: words[word[0]], text)
