"""The board as a memory-mapped file of 64-bit words, written by an executor and read by its supervisor.

The file has no name; both know it by a descriptor that the executor inherits, and close it once it is mapped.

Word 0 counts the slots ever used. Each slot has eight words: its generation, two of the task's id, claim,
lambda, deadline, start, stage. Every word is stored in one go and the stage is stored last, so a reader
never takes a half-written slot for a whole one, even when the writer was stopped in between.
"""

import mmap
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import compress
from typing import Final

from penstock.model.identity import TaskId
from penstock.model.task import ClaimKey
from penstock.ports.hosts import RunningClaim

CAPACITY: Final = 8192
_WORDS: Final = 8
_BYTES: Final = (CAPACITY + 1) * _WORDS * 8
_GENERATION, _CLAIM, _LAMBDA, _DEADLINE, _START, _STAGE = 0, 3, 4, 5, 6, 7
_FREE, _BUFFERED, _STARTED, _ENDED = 0, 1, 2, 3
assert not _FREE  # and only that


@contextmanager
def board_file() -> Iterator[int]:
    """An empty board in a file without a name: nothing of it is left when the last process that has it ends."""
    with tempfile.TemporaryFile() as file:
        file.truncate(_BYTES)
        yield file.fileno()


class BoardWriter:
    """The executor's half."""

    capacity = CAPACITY

    def __init__(self, fd: int) -> None:
        self._map = mmap.mmap(fd, _BYTES)
        self._raw = memoryview(self._map)
        self._words = self._raw.cast("Q")
        self._free = list(range(CAPACITY, 0, -1))
        self._used = 0

    def take(self, id: TaskId, claim: int, lambda_index: int, deadline_us: int) -> int:  # noqa: A002
        """A slot for a buffered claim; the lowest ones are used again first, which keeps reading short."""
        slot = self._free.pop()
        words = self._words
        if slot > self._used:
            words[0] = self._used = slot
        base = slot * _WORDS
        words[base] += 1
        self._raw[base * 8 + 8 : base * 8 + 24] = id
        words[base + _CLAIM] = claim
        words[base + _LAMBDA] = lambda_index
        words[base + _DEADLINE] = deadline_us
        words[base + _START] = 0
        words[base + _STAGE] = _BUFFERED
        return slot

    def renew(self, slot: int, deadline_us: int) -> None:
        """Another deadline."""
        self._words[slot * _WORDS + _DEADLINE] = deadline_us

    def started(self, slot: int, at_us: int) -> None:
        """Called right before the first line of user code."""
        base = slot * _WORDS
        self._words[base + _START] = at_us
        self._words[base + _STAGE] = _STARTED

    def ended(self, slot: int) -> None:
        """Called right after the last one."""
        self._words[slot * _WORDS + _STAGE] = _ENDED

    def free(self, slot: int) -> None:
        """The claim is no longer held."""
        self._words[slot * _WORDS + _STAGE] = _FREE
        self._free.append(slot)


class BoardReader:
    """The supervisor's half; good until `close`, whatever happened to the writer."""

    def __init__(self, fd: int, lambdas: Sequence[str]) -> None:
        self._map = mmap.mmap(fd, _BYTES, access=mmap.ACCESS_READ)
        self._raw = memoryview(self._map)
        self._words = self._raw.cast("Q")
        self._lambdas = lambdas

    def read(self) -> list[RunningClaim]:
        """Every claim on the board."""
        words = self._words
        claims = []
        for slot in range(1, words[0] + 1):
            if words[slot * _WORDS + _STAGE] != _FREE:
                claim = self._read_slot(slot)
                if claim is not None:
                    claims.append(claim)
        return claims

    def earliest_deadline_us(self) -> int | None:
        """No claim on the board has an earlier deadline; None: there is no claim.

        Two columns, read one after the other: a slot that is taken again in between shows a later deadline than
        its last claim's, one that is freed in between shows one that no longer counts. Neither hides a claim's own.
        """
        words = self._words
        end = (words[0] + 1) * _WORDS
        taken = words[_WORDS + _STAGE : end : _WORDS].tolist()
        deadlines = words[_WORDS + _DEADLINE : end : _WORDS].tolist()
        return min(compress(deadlines, taken), default=None)

    def _read_slot(self, slot: int) -> RunningClaim | None:
        words = self._words
        base = slot * _WORDS
        while True:
            generation = words[base + _GENERATION]
            stage = words[base + _STAGE]
            if stage == _FREE:
                return None
            claim = RunningClaim(
                key=ClaimKey(TaskId(bytes(self._raw[base * 8 + 8 : base * 8 + 24])), words[base + _CLAIM]),
                lambda_name=self._lambdas[words[base + _LAMBDA]],
                started=stage == _STARTED,
                deadline_us=words[base + _DEADLINE],
                started_at_us=words[base + _START],
                ended=stage == _ENDED,
            )
            # The same claim before and after: what lies between belongs to it.
            if words[base + _GENERATION] == generation and words[base + _STAGE] == stage:
                return claim

    def close(self) -> None:
        """Let go of the memory."""
        self._words.release()
        self._raw.release()
        self._map.close()
