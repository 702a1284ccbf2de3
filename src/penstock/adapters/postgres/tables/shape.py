"""What somebody says of a table whose rows are events: its names, and how far its order can be trusted."""

import re
from enum import StrEnum, unique
from typing import Final

from msgspec import Struct

from penstock.model.errors import InvalidInput
from penstock.model.event_rules import check_content_type, check_type

_NAME_BYTES_MAX: Final = 63
"""what PostgreSQL keeps of a name; it cuts off the rest without a word"""
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


@unique
class TableOrder(StrEnum):
    """Why a reader who has seen a number need not look below it again."""

    LOCKED = "locked"
    """a subject's numbers are given under a lock that is held until the commit, such as that of a row of the subject"""
    DENSE = "dense"
    """a subject's numbers rise by one: a gap is a transaction under way, or one that was undone"""
    HORIZON = "horizon"
    """numbers rise as they are given, but who has one may commit late or never, as with a sequence of PostgreSQL: only
    what all transactions that were open at the look have left behind is read"""


class TableShape(Struct, frozen=True, kw_only=True):
    """A table and the columns that matter; names as PostgreSQL knows them, without quotes."""

    table: str
    """`schema.table`, or a table of the schema `public`"""
    subject: str
    """text, an integer or a uuid"""
    sequence: str
    """an integer that rises for each subject, above 0"""
    order: TableOrder = TableOrder.LOCKED
    keeps_each: bool = True
    """False: a subject has one row, which is changed in place, and its sequence is the row's revision"""
    data: str = ""
    """"": the whole row, as a JSON object"""
    content_type: str = ""
    """of `data`; "": JSON"""
    type: str = "row.changed"
    type_column: str = ""
    time: str = ""
    """when a row was written; "": nobody knows"""
    time_lag_s: float = 60.0
    """how much later than its time a row may have been committed"""
    recent: str = ""
    """an integer or a time, with an index of its own, that rises as rows are written, whatever their subject"""

    def check(self) -> "TableShape":
        """Itself; raises `InvalidInput` for what can be said without asking a database."""
        schema, name = self.place()
        check_identifier("table", schema)
        check_identifier("table", name)
        for field in ("subject", "sequence"):
            check_identifier(field, getattr(self, field))
        for field in ("data", "type_column", "time", "recent"):
            if getattr(self, field):
                check_identifier(field, getattr(self, field))
        check_type(self.type)
        check_content_type(self.content_type)
        if self.subject == self.sequence:
            raise InvalidInput("sequence", f"is {self.sequence!r}, the column of the subject; name another")
        return self

    def place(self) -> tuple[str, str]:
        """Schema and table."""
        schema, dot, name = self.table.partition(".")
        return (schema, name) if dot else ("public", self.table)


def check_identifier(field: str, name: str) -> str:
    """The name of a table or a column; raises `InvalidInput`."""
    if not name or len(name.encode()) > _NAME_BYTES_MAX or _CONTROL.search(name):
        raise InvalidInput(
            field,
            f"{name[:80]!r} is no name of PostgreSQL's; write 1 to {_NAME_BYTES_MAX} bytes, as \\d shows it, no quotes",
        )
    return name


def quoted(name: str) -> str:
    """An identifier that can only be one."""
    return '"' + name.replace('"', '""') + '"'
