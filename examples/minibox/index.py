"""Full-text search: every file by its name and its words, as it is now."""

from penstock import Event

from .box import STREAM, FileChange, app, box
from .contents import read_text
from .history import witnessed
from .tables import changing, reading

_SCHEMA = """
create table if not exists file (id integer primary key, path text unique, sequence integer not null, is_gone integer);
create virtual table if not exists words using fts5 (path, body)
"""


@app.on(STREAM, start="beginning")
def index(event: Event[FileChange]) -> None:
    """What a path holds now; doing it again changes nothing."""
    with witnessed(event) as note:
        try:
            body = None if event.type == "file.deleted" else read_text(box().file(event.subject))
        except (FileNotFoundError, NotADirectoryError):
            body = None  # it has gone since; its next event says so, too
        _remember(event, body)
        note.add(words=len(body.split()) if body else 0)


def _remember(event: Event[FileChange], body: str | None) -> None:
    with changing(box().index, _SCHEMA) as rows:
        [(number,)] = rows.execute(
            "insert into file (path, sequence, is_gone) values (?, ?, ?)"
            " on conflict (path) do update set sequence = excluded.sequence, is_gone = excluded.is_gone returning id",
            (event.subject, event.sequence, body is None),
        ).fetchall()
        rows.execute("delete from words where rowid = ?", (number,))
        if body is not None:
            rows.execute("insert into words (rowid, path, body) values (?, ?, ?)", (number, event.subject, body))


def indexed_upto(path: str) -> int:
    """The sequence up to which the index knows of a path; 0: it doesn't."""
    with reading(box().index, _SCHEMA) as rows:
        found = rows.execute("select sequence from file where path = ?", (path,)).fetchone()
    return found[0] if found else 0


def indexed_files() -> dict[str, str]:
    """The text of every file that can be found."""
    with reading(box().index, _SCHEMA) as rows:
        return dict(rows.execute("select path, body from words").fetchall())


def search(wanted: str, count: int = 5) -> list[tuple[str, str]]:
    """The best files for some words, each with a line in which they stand."""
    quoted = " ".join('"' + word.replace('"', '""') + '"' for word in wanted.split())
    with reading(box().index, _SCHEMA) as rows:
        return rows.execute(
            "select path, snippet(words, 1, '[', ']', ' ... ', 9) from words where words match ? order by rank limit ?",
            (quoted, count),
        ).fetchall()
