"""Every board shows the same: the one in memory and the one in a file."""

import itertools
import threading
from collections.abc import Callable
from typing import Any

import pytest

from penstock.adapters.processes.board_file import CAPACITY, BoardReader, BoardWriter
from penstock.adapters.processes.board_file import board_file as nameless_board_file
from penstock.execution.same_loop import MemoryBoard
from penstock.model.identity import TaskId, make_ids
from penstock.model.task import ClaimKey
from penstock.ports.hosts import RunningClaim

LAMBDAS = ("app.a", "app.b")


def memory_board() -> tuple[Any, Callable[[], list[RunningClaim]]]:
    board = MemoryBoard(LAMBDAS)
    return board, board.read


def file_board() -> tuple[Any, Callable[[], list[RunningClaim]]]:
    with nameless_board_file() as fd:
        return BoardWriter(fd), BoardReader(fd, LAMBDAS).read


@pytest.fixture(params=[memory_board, file_board])
def board(request: pytest.FixtureRequest) -> tuple[Any, Callable[[], list[RunningClaim]]]:
    made: tuple[Any, Callable[[], list[RunningClaim]]] = request.param()
    return made


def test_a_claims_whole_life(board: tuple[Any, Callable[[], list[RunningClaim]]]) -> None:
    writer, read = board
    first, second = make_ids(1, b"x", 2)
    assert read() == []
    a = writer.take(first, 3, 1, 70)
    b = writer.take(second, 2**31 - 1, 0, 2**62)
    assert read() == [
        RunningClaim(ClaimKey(first, 3), "app.b", False, 70),
        RunningClaim(ClaimKey(second, 2**31 - 1), "app.a", False, 2**62),
    ]
    writer.started(a, 55)
    writer.renew(a, 90)
    assert read()[0] == RunningClaim(ClaimKey(first, 3), "app.b", True, 90, 55)
    writer.ended(a)
    assert read()[0] == RunningClaim(ClaimKey(first, 3), "app.b", False, 90, 55, ended=True)
    writer.free(a)
    writer.free(b)
    assert read() == []
    writer.take(second, 4, 1, 1)
    assert read() == [RunningClaim(ClaimKey(second, 4), "app.b", False, 1)], "nothing is left of the slot's last claim"


def test_the_earliest_deadline_is_that_of_a_claim_which_stands() -> None:
    with nameless_board_file() as fd:
        writer, reader = BoardWriter(fd), BoardReader(fd, LAMBDAS)
    assert reader.earliest_deadline_us() is None
    first, second = make_ids(1, b"x", 2)
    early, late = writer.take(first, 1, 0, 70), writer.take(second, 1, 0, 80)
    assert reader.earliest_deadline_us() == 70
    writer.started(early, 1)
    writer.renew(early, 90)
    assert reader.earliest_deadline_us() == 80
    writer.ended(late)
    assert reader.earliest_deadline_us() == 80, "what has ended is still held"
    writer.free(late)
    assert reader.earliest_deadline_us() == 90
    writer.free(early)
    assert reader.earliest_deadline_us() is None, "a freed slot's last deadline counts no more"


def test_all_slots_can_be_taken_and_taken_again() -> None:
    writer, read = file_board()
    for _ in range(2):
        slots = [writer.take(TaskId(i.to_bytes(16, "big")), i, 0, i) for i in range(CAPACITY)]
        assert sorted(claim.key.claim for claim in read()) == list(range(CAPACITY))
        for slot in slots:
            writer.free(slot)


def test_a_reader_never_sees_half_of_a_claim() -> None:
    writer, read = file_board()
    enough = threading.Event()

    def write() -> None:
        for n in itertools.count(1):
            slot = writer.take(TaskId(n.to_bytes(16, "big")), n, n % 2, n)
            writer.started(slot, n)
            writer.free(slot)
            if n >= 20_000 and enough.is_set():
                return

    thread = threading.Thread(target=write)
    thread.start()
    seen = 0
    try:
        while thread.is_alive():
            for claim in read():
                n = claim.key.claim
                assert claim.key.id == n.to_bytes(16, "big")
                assert claim.deadline_us == n
                assert claim.lambda_name == LAMBDAS[n % 2]
                seen += 1
            if seen >= 100:
                enough.set()
    finally:
        enough.set()
        thread.join()
    assert seen
