"""A value that does not fit its schema, and where it stands."""

from collections.abc import Iterator
from contextlib import contextmanager

from penstock.model.errors import InvalidInput


class Misfit(Exception):
    """`path` is filled from the inside out while the error climbs."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.path: list[str] = []

    def inside(self, step: str) -> "Misfit":
        """The same, one level further out: `.name` or `[3]`."""
        self.path.append(step)
        return self

    @property
    def place(self) -> str:
        """Such as `orders[3].price`; "" for the whole."""
        return "".join(reversed(self.path)).removeprefix(".")


@contextmanager
def told_of(field: str) -> Iterator[None]:
    """A misfit inside becomes `InvalidInput` that names the place."""
    try:
        yield
    except Misfit as misfit:
        where = f"at {misfit.place!r}: " if misfit.place else ""
        raise InvalidInput(field, f"{where}{misfit.sentence}") from None


def shown(value: object) -> str:
    """A value in a sentence, shortened."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}..."
