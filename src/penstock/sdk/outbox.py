"""Single calls that share requests. A lone call goes at once; what comes while requests are under way waits
for the next one, and goes in it with everything else that waits. Nothing waits for a batch to fill.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, Generic, Protocol, TypeVar

from penstock.sdk.batch import Sized, has_room
from penstock.sdk.waiting import Waiter, deliver, new_waiter

IN_FLIGHT_MAX: Final = 4
Item = TypeVar("Item", bound=Sized)
Item_contra = TypeVar("Item_contra", contravariant=True)
Stored = TypeVar("Stored")


class Ships(Protocol[Item_contra, Stored]):
    """Sends what waited, in one request or several."""

    def send(self, items: Sequence[Item_contra], answer: Callable[[list[Stored | Exception]], None]) -> None:
        """`answer` takes one outcome an item, in order; it is called once, in a thread of gRPC's."""

    def apart(
        self, items: Sequence[Item_contra], outcomes: Sequence[Stored | Exception]
    ) -> tuple[list[int], list[int]] | None:
        """Positions of those that go again without the others, which go again, too; None: these are the outcomes."""


class Outbox(Generic[Item, Stored]):
    """`put` may be called from any thread."""

    def __init__(self, shipping: Ships[Item, Stored]) -> None:
        self._shipping = shipping
        self._lock = threading.Lock()
        self._waiting: deque[tuple[Item, Waiter[Stored]]] = deque()
        self._in_flight = 0

    def put(self, call: Item) -> Waiter[Stored]:
        """Waits for the outcome; the request may already be under way."""
        waiter: Waiter[Stored] = new_waiter()
        with self._lock:
            if self._in_flight >= IN_FLIGHT_MAX:
                self._waiting.append((call, waiter))
                return waiter
            self._in_flight += 1
        self._send([(call, waiter)])
        return waiter

    def _send(self, items: list[tuple[Item, Waiter[Stored]]]) -> None:
        try:
            self._shipping.send([call for call, _ in items], lambda outcomes: self._sent(items, outcomes))
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait must hear of it
            self._sent(items, [error] * len(items))

    def _sent(self, items: list[tuple[Item, Waiter[Stored]]], outcomes: Sequence[Stored | Exception]) -> None:
        parts = self._shipping.apart([call for call, _ in items], outcomes)
        if parts is not None:  # a quota keeps one lambda waiting: the others shall not wait with it
            with self._lock:
                self._in_flight += 1
            for positions in parts:
                self._send([items[at] for at in positions])
            return
        deliver([(waiter, outcome) for (_, waiter), outcome in zip(items, outcomes, strict=True)])
        with self._lock:
            following = self._take()
            if not following:
                self._in_flight -= 1
                return
        self._send(following)

    def _take(self) -> list[tuple[Item, Waiter[Stored]]]:
        items: list[tuple[Item, Waiter[Stored]]] = []
        size_bytes = 0
        while self._waiting and has_room(len(items), size_bytes, self._waiting[0][0]):
            call, waiter = self._waiting.popleft()
            if not waiter.gone:
                items.append((call, waiter))
                size_bytes += call.size_bytes
        return items
