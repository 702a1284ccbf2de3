"""A call too large for one trip is cut into pieces that can each be repeated."""

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from itertools import pairwise

from msgspec import Struct

from penstock.model.identity import TaskId, make_ids


class Piece(Struct, frozen=True):
    """The positions `start` to `stop` of a call. `seed` makes its ids, and is its own request token."""

    start: int
    stop: int
    seed: bytes

    def ids(self, minted_at_ms: int) -> list[TaskId]:
        """One id a position: the same whenever they are made."""
        return make_ids(minted_at_ms, self.seed, self.stop - self.start)


def cut(sizes_bytes: Sequence[int], seed: bytes, rows_max: int, bytes_max: int) -> list[Piece]:
    """Pieces within the limits, at least one payload each. The same call is always cut the same way.

    Were the pieces one request with one token, a repeat after the first piece would find the token used and
    the others would be lost.
    """
    bounds = [0, *_cuts(sizes_bytes, rows_max, bytes_max), len(sizes_bytes)]
    return [
        Piece(start, stop, seed if number == 0 else _seed_of(seed, number))
        for number, (start, stop) in enumerate(pairwise(bounds))
    ]


def _cuts(sizes_bytes: Sequence[int], rows_max: int, bytes_max: int) -> Iterator[int]:
    start = size_bytes = 0
    for position, size in enumerate(sizes_bytes):
        size_bytes += size
        if position > start and (position - start >= rows_max or size_bytes > bytes_max):
            yield position
            start, size_bytes = position, size


def _seed_of(seed: bytes, number: int) -> bytes:
    return blake2b(seed + number.to_bytes(4, "big"), digest_size=16).digest()
