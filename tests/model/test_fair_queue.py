"""Turns of lines, and which of them is heavy."""

from msgspec import Struct

from penstock.model.fair_queue import LIGHT_ROWS_MAX, FairQueue, Load
from penstock.model.usage import MEMORY_S, Usage


class Call(Struct, frozen=True):
    name: str
    rows: int = 1
    since_s: float = 0.0


def taken(queue: FairQueue[Call], load: Load) -> list[str]:
    names = []
    while queue.has(load):
        first = queue.first(load)
        assert queue.take(load) is first
        names.append(first.name)
    return names


def test_lines_take_turns_and_a_line_keeps_its_order() -> None:
    queue: FairQueue[Call] = FairQueue()
    for name in ("a1", "a2", "a3", "b1", "c1", "b2"):
        queue.put(name[0], Call(name))
    assert taken(queue, Load.LIGHT) == ["a1", "b1", "c1", "a2", "b2", "a3"]
    assert queue.rows == 0
    assert not any(map(queue.has, Load))


def test_one_that_is_alone_is_never_heavy() -> None:
    queue: FairQueue[Call] = FairQueue()
    for number in range(10):
        queue.put("bulk", Call(str(number), 1_000))
    assert not queue.has(Load.HEAVY)
    assert queue.rows == 10_000


def test_who_asks_for_much_more_than_the_others_waits_apart_from_them() -> None:
    queue: FairQueue[Call] = FairQueue()
    for number in range(4):
        queue.put("bulk", Call(f"bulk {number}", 1_000))
    queue.put("mail", Call("mail", 10))
    assert queue.take(Load.LIGHT).name == "bulk 0", "it came when it was alone"
    assert taken(queue, Load.LIGHT) == ["mail"]
    assert taken(queue, Load.HEAVY) == ["bulk 1", "bulk 2", "bulk 3"]


def test_even_lines_are_light_however_much_they_ask_for() -> None:
    queue: FairQueue[Call] = FairQueue()
    for _ in range(5):
        for line in "abc":
            queue.put(line, Call(line, 1_000))
    assert taken(queue, Load.LIGHT) == list("abcabcabcabcabc")


def test_few_rows_are_never_heavy() -> None:
    queue: FairQueue[Call] = FairQueue()
    queue.put("rare", Call("rare"))
    queue.put("often", Call("often 1", LIGHT_ROWS_MAX))
    assert not queue.has(Load.HEAVY)
    queue.put("often", Call("often 2"))
    assert queue.has(Load.HEAVY)
    assert queue.rows == LIGHT_ROWS_MAX + 2
    assert queue.take(Load.HEAVY).name == "often 1"
    assert taken(queue, Load.LIGHT) == ["rare", "often 2"], "what is left of it is little"


def test_who_waits_longest_is_known_of_light_and_heavy_lines() -> None:
    queue: FairQueue[Call] = FairQueue()
    assert queue.oldest_s(Load.LIGHT) is None
    queue.put("mail", Call("mail", 1, 7.0))
    queue.put("bulk", Call("bulk", 1_000, 5.0))
    assert queue.oldest_s(Load.LIGHT) == 7.0
    assert queue.oldest_s(Load.HEAVY) == 5.0


def test_usage_compares_one_with_the_average_of_the_others() -> None:
    usage = Usage()
    usage.asked("a", 300, 0.0)
    assert usage.times_others("a") == 0.0, "nobody else"
    usage.asked("b", 50, 0.0)
    usage.asked("c", 150, 0.0)
    assert usage.times_others("a") == 3.0
    assert usage.times_others("d") == 0.0


def test_usage_is_forgotten() -> None:
    usage = Usage()
    usage.asked("a", 1_000, 0.0)
    usage.asked("b", 1_000, 3 * MEMORY_S)
    assert usage.times_others("a") < 0.06
    usage.asked("b", 1, 20 * MEMORY_S)
    assert usage.times_others("b") == 0.0, "a asks for nothing any more"
