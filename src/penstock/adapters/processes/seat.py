"""The seat of an executor in a real process: two loops on two threads."""

import asyncio
import contextlib
import random
import threading
import time
from collections.abc import Callable

from penstock.adapters.processes.board_file import BoardWriter
from penstock.adapters.processes.control import Control
from penstock.adapters.processes.lifeline import end_group
from penstock.ports.hosts import ExecutorWord


class ProcessSeat:
    """Users' loop on the main thread, the platform's on another one."""

    monotonic_s = staticmethod(time.monotonic)

    def __init__(
        self,
        board: BoardWriter,
        control: Control,
        user_loop: asyncio.AbstractEventLoop,
        platform_loop: asyncio.AbstractEventLoop,
    ) -> None:
        self.board = board
        self._control = control
        self._user_loop = user_loop
        self._platform_loop = platform_loop
        self.chance = random.Random().random

    def post_to_user(self, callback: Callable[[], None]) -> None:
        """Soon, on the users' loop."""
        with contextlib.suppress(RuntimeError):  # the loop is closed: the process is leaving
            self._user_loop.call_soon_threadsafe(callback)

    def post_to_platform(self, callback: Callable[[], None]) -> None:
        """Soon, on the platform's loop."""
        with contextlib.suppress(RuntimeError):  # the loop is closed: the process is leaving
            self._platform_loop.call_soon_threadsafe(callback)

    def start_thread(self, body: Callable[[], None]) -> None:
        """A daemon: it does not hold up the process's end."""
        threading.Thread(target=body, daemon=True, name="penstock-lambda").start()

    def say(self, word: ExecutorWord) -> None:
        """Over the control socket."""
        self._control.say(word)

    def die(self, word: ExecutorWord) -> None:
        """Say it, then SIGKILL to the whole group."""
        self._control.say(word)
        end_group()
