"""Loads the statements in `sql/`: one to a file, its name is the file's, its guards are filled in."""

from functools import cache
from importlib.resources import files

from penstock.adapters.postgres.guards import fill


@cache
def statement(name: str) -> str:
    """The statement `sql/<name>.sql`."""
    return fill((files(__package__) / "sql" / f"{name}.sql").read_text("utf-8"))
