"""A planted bug: what is wrong, where, and which tests must see it."""

from typing import Final

from msgspec import Struct

SOURCE: Final = "src/penstock"
IN_THE_WORLD: Final = "tests/world/test_world.py::test_every_rule_holds_in_every_seed[0]"
"""twenty-five seeds of the simulation, for bugs that show in nearly every one"""


class DoesNotApply(Exception):
    """The text that the bug replaces isn't there exactly once: the code has moved on, the mutant must follow."""


class Mutant(Struct, frozen=True):
    """`file` is a path below `below`; `old` occurs in it exactly once and becomes `new`.

    `caught_by` are pytest's names of tests. Every one of them must fail, by an assertion.
    """

    name: str
    file: str
    old: str
    new: str
    caught_by: tuple[str, ...]
    below: str = SOURCE

    @property
    def path(self) -> str:
        return f"{self.below}/{self.file}"

    def planted_in(self, text: str) -> str:
        """The file's text with the bug; raises `DoesNotApply`."""
        found = text.count(self.old)
        if found != 1:
            raise DoesNotApply(f"{self.name}: its text occurs {found} times in {self.path}, not once:\n{self.old}")
        return text.replace(self.old, self.new)
