"""One seed, many independent streams of chance: a fault more does not change what the clients ask for."""

from random import Random
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

Choice = TypeVar("Choice")


class Chance:
    """`stream("clients")` is the same for the same seed, whatever else was drawn."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._streams: dict[str, Random] = {}

    def stream(self, name: str) -> Random:
        """Made when it is first asked for."""
        stream = self._streams.get(name)
        if stream is None:
            # A text seeds by its SHA-512: the same in every process, whatever PYTHONHASHSEED is.
            stream = self._streams[name] = Random(f"{self._seed}/{name}")
        return stream


def weighted(random: Random, weights: dict[Choice, float]) -> Choice:
    """One of the keys."""
    choices: Sequence[Choice] = list(weights)
    return random.choices(choices, list(weights.values()))[0]
