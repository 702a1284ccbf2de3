"""The audit log: what became of each file and when, each event once, however often it is delivered."""

from penstock import Event

from .box import STREAM, FileChange, app, box
from .history import witnessed
from .tables import changing, reading

_SCHEMA = """
create table if not exists entry (
    sequence integer, path text, at_us integer, type text, size integer, other text, primary key (path, sequence)
)
"""


@app.on(STREAM, start="beginning")
def audit(event: Event[FileChange]) -> None:
    """A line that stays."""
    with witnessed(event), changing(box().audit, _SCHEMA) as entries:
        change = event.data
        at_us = round(event.time.timestamp() * 1e6) if event.time else 0
        other = change.moved_from or change.moved_to
        entries.execute(
            "insert or ignore into entry values (?, ?, ?, ?, ?, ?)",
            (event.sequence, event.subject, at_us, event.type, change.size, other),
        )


def latest_entries() -> dict[str, tuple[int, str, int]]:
    """The last sequence, type and size of each path."""
    with reading(box().audit, _SCHEMA) as entries:
        rows = entries.execute("select path, max(sequence), type, size from entry group by path").fetchall()
    return {path: (sequence, kind, size) for path, sequence, kind, size in rows}


def entries_of(path: str) -> list[tuple[int, str, str]]:
    """Sequence, type, and where it came from or went: of one path, the first first."""
    with reading(box().audit, _SCHEMA) as entries:
        return entries.execute(
            "select sequence, type, other from entry where path = ? order by sequence", (path,)
        ).fetchall()


def counts_by_type() -> dict[str, int]:
    """How many entries there are."""
    with reading(box().audit, _SCHEMA) as entries:
        return dict(entries.execute("select type, count(*) from entry group by type order by type").fetchall())
