"""A search over notes: each change is indexed in the order of its note, and who waits for it is told afterwards.

`told` goes after `index`, so it never speaks of words that cannot be found yet; of drafts it never speaks. Run the
platform in one terminal, `changes.py` in another, in this folder:

    penstock dev search:app
    python changes.py
    penstock verify notes

The last one asks whether each change has been completed by both lambdas.
`test_search.py` tests both lambdas without a platform.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from penstock import App, Event, EventFailed, FatalFailure
from penstock.filters import not_, prefix

app = App("search")
INDEX = Path("index.sqlite")
TOLD = Path("told.txt")
LETTERS_MAX = 1_000


@dataclass
class Note:
    """The data of an event."""

    text: str


@contextmanager
def index_of_words() -> Iterator[sqlite3.Connection]:
    """Committed at the end of the block."""
    with closing(sqlite3.connect(INDEX, timeout=30)) as connection, connection:
        connection.execute("create table if not exists words (word text, note text, primary key (word, note))")
        connection.execute("create table if not exists seen (note text primary key, sequence integer)")
        yield connection


@app.on("notes", types=["note.changed"], start="beginning", batch=50, when_dead="skip")
def index(events: list[Event[Note]]) -> None:
    """All changes of one note that wait. The last is what it says now, and doing it again changes nothing."""
    good = list(takewhile(lambda event: len(event.data.text) <= LETTERS_MAX, events))
    if good:
        remember(good[-1])
    if len(good) < len(events):
        raise EventFailed(events[len(good)]) from FatalFailure(f"over {LETTERS_MAX} letters are no note")


def remember(last: Event[Note]) -> None:
    with index_of_words() as words:
        words.execute("delete from words where note = ?", (last.subject,))
        found = {(word, last.subject) for word in last.data.text.lower().split()}
        words.executemany("insert into words values (?, ?)", sorted(found))
        words.execute("insert or replace into seen values (?, ?)", (last.subject, last.sequence))


@app.on("notes", types=["note.changed"], filter=not_(prefix(subject="draft-")), start="beginning", after=[index])
def told(event: Event[Note]) -> None:
    """One change after the other: the next one only when this one is done."""
    with index_of_words() as words:
        [(sequence,)] = words.execute("select sequence from seen where note = ?", (event.subject,)).fetchall()
    order = "after" if sequence >= event.sequence else "before"
    with TOLD.open("a") as lines:
        lines.write(f"{event.subject}: {event.data.text!r}, {order} it was indexed\n")


def notes_with(word: str) -> list[str]:
    """The names of the notes in which it stands now."""
    with index_of_words() as words:
        return [note for (note,) in words.execute("select note from words where word = ? order by note", (word,))]
