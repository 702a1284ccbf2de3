"""Permissions go down the tree: an `access.json` changes its folder and all below, each a task after its parent's.

`{"add": ["ada"], "remove": ["bob"]}`: who may read a folder are those who may read the one above, and these, without
those.
"""

import json
import os
import sqlite3
from pathlib import Path

from penstock import Event, Planned

from .box import STREAM, FileChange, app, box
from .history import witnessed, witnessed_task
from .tables import changing, reading

ACCESS_FILE = "access.json"
EVERYBODY = frozenset({"owner"})
"""who may read the folder of all folders"""
_SCHEMA = "create table if not exists access (folder text primary key, readers text not null)"


@app.on(STREAM, start="beginning")
def permissions(event: Event[FileChange]) -> None:
    """A chain of tasks from the folder whose rules have changed down to the last one below it."""
    with witnessed(event) as note:
        folder, _, name = event.subject.rpartition("/")
        if name == ACCESS_FILE:
            note.add(chain=_start_chain(tree_below(folder)))


def _start_chain(folders: list[str]) -> dict[str, str]:
    """Stored as a whole or not at all; answers each task's id and that of the one before it."""
    with app.batch() as batch:
        planned: dict[str, Planned[list[str]]] = {}
        for folder in folders:
            above = planned.get(parent_of(folder)) if planned else None
            planned[folder] = batch.add(inherit.options(parents=[above] if above else []).call(folder))
    ids = {folder: each.handle.id for folder, each in planned.items()}
    return {ids[folder]: ids.get(parent_of(folder), "") if folder != folders[0] else "" for folder in ids}


@app.task
def inherit(folder: str) -> list[str]:
    """Who may read one folder, from its own rules and those of the one above, as both are now."""
    with witnessed_task(folder), changing(box().access, _SCHEMA) as rows:
        if not box().file(folder).is_dir():
            rows.execute("delete from access where folder = ?", (folder,))
            return []
        readers = sorted(with_rules(_readers(rows, parent_of(folder)) if folder else EVERYBODY, folder))
        rows.execute("insert or replace into access values (?, ?)", (folder, json.dumps(readers)))
        return readers


def tree_below(folder: str) -> list[str]:
    """The folder and all below it, each after the one above it."""
    found = [folder]
    for parent, names, _ in os.walk(box().file(folder)):
        names.sort()
        found += [str((Path(parent) / name).relative_to(box().folder)) for name in names]
    return found


def with_rules(readers: frozenset[str], folder: str) -> frozenset[str]:
    """With a folder's own rules; rules that cannot be read change nothing."""
    try:
        rules = json.loads((box().file(folder) / ACCESS_FILE).read_bytes())
        return readers | {str(name) for name in rules.get("add", [])} - {str(name) for name in rules.get("remove", [])}
    except (OSError, ValueError, AttributeError, TypeError):
        return readers


def readers_of(folder: str) -> frozenset[str]:
    """Who may read what is in a folder. One without rules of its own has those of the nearest that was told."""
    with reading(box().access, _SCHEMA) as rows:
        return _readers(rows, folder)


def parent_of(folder: str) -> str:
    """The folder above; "" is the folder of all."""
    return folder.rpartition("/")[0]


def _readers(rows: sqlite3.Connection, folder: str) -> frozenset[str]:
    while True:
        row = rows.execute("select readers from access where folder = ?", (folder,)).fetchone()
        if row:
            return frozenset(json.loads(row[0]))
        if not folder:
            return EVERYBODY
        folder = parent_of(folder)
