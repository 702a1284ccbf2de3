"""The one place where the SDK meets time, chance and identity. Tests put their own in its stead."""

import os
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

TOKEN_BYTES = 16


def call_later(delay_s: float, action: Callable[[], None]) -> None:
    """Call from a thread of its own. Only repeats after a failure wait, so threads stay few."""
    timer = threading.Timer(delay_s, action)
    timer.daemon = True
    timer.start()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a connection asks its process for."""

    now_s: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random
    """0 to 1, for jitter"""
    mint_token: Callable[[], bytes] = lambda: os.urandom(TOKEN_BYTES)
    call_later: Callable[[float, Callable[[], None]], None] = call_later


REAL = Surroundings()
