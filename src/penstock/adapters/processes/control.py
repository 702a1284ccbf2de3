"""The child's end of the control socket."""

import socket
import threading
from collections.abc import Callable

from penstock.adapters.processes.lifeline import end_group
from penstock.adapters.processes.parameters import (
    StartParameters,
    StopOrder,
    decode_order,
    decode_parameters,
    encode_line,
)
from penstock.ports.hosts import ExecutorWord


class Control:
    """Read on a thread of its own: the controller's end is noticed whatever the loops are doing."""

    def __init__(self, fd: int) -> None:
        self._socket = socket.socket(fileno=fd)
        self._lines = self._socket.makefile("rb")
        self._lock = threading.Lock()

    def parameters(self) -> StartParameters:
        """The first line."""
        return decode_parameters(self._lines.readline())

    def say(self, word: ExecutorWord) -> None:
        """One line upwards. The controller always reads, and a socket holds thousands of lines."""
        with self._lock:
            try:
                self._socket.sendall(encode_line(word) + b"\n")
            except OSError:
                end_group()

    def listen(self, on_order: Callable[[StopOrder], None]) -> None:
        """Every later line, until the end of the controller is the end of this process."""
        threading.Thread(target=self._listen, args=(on_order,), daemon=True, name="penstock-control").start()

    def _listen(self, on_order: Callable[[StopOrder], None]) -> None:
        for line in self._lines:
            on_order(decode_order(line))
        end_group()
