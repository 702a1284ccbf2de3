"""Notifications: those who may read a file are told of it, when it can be found and not before."""

import json

from penstock import Event

from .box import STREAM, FileChange, app, box
from .history import witnessed
from .index import index, indexed_upto
from .permissions import parent_of, readers_of
from .tables import changing, reading

_SCHEMA = """
create table if not exists message (path text, sequence integer, text text, readers text, primary key (path, sequence))
"""
_WORDS = {
    "file.created": "is new",
    "file.changed": "has changed",
    "file.moved": "has moved here",
    "file.deleted": "is gone",
}


@app.on(STREAM, start="beginning", after=[index])
def notify(event: Event[FileChange]) -> None:
    """After `index`: whoever is told looks for the file at once."""
    with witnessed(event) as note:
        note.add(index_upto=indexed_upto(event.subject))
        text = f"{event.subject} {_WORDS.get(event.type, 'is other than it was')}"
        readers = json.dumps(sorted(readers_of(parent_of(event.subject))))
        with changing(box().inbox, _SCHEMA) as messages:
            messages.execute(
                "insert or ignore into message values (?, ?, ?, ?)", (event.subject, event.sequence, text, readers)
            )


def told_upto() -> dict[str, int]:
    """The last sequence of each path that somebody was told of."""
    with reading(box().inbox, _SCHEMA) as messages:
        return dict(messages.execute("select path, max(sequence) from message group by path").fetchall())


def messages_for(reader: str) -> list[str]:
    """What one of them was told."""
    with reading(box().inbox, _SCHEMA) as messages:
        rows = messages.execute("select text, readers from message order by sequence").fetchall()
    return [text for text, readers in rows if reader in json.loads(readers)]
