"""An app that speaks to a fake frontend, with time and chance of the test's own."""

import threading
from collections.abc import Callable, Iterator
from itertools import count

import pytest

from penstock import App
from penstock.sdk.connection import Connection
from penstock.sdk.surroundings import Surroundings
from tests.layers.sdk_frontend import FakeFrontend


class Time:
    """Stands still until something waits: then it jumps."""

    def __init__(self) -> None:
        self.now_s = 1_000.0
        self.waits: list[float] = []
        self._tokens = count(1)

    def call_later(self, delay_s: float, action: Callable[[], None]) -> None:
        self.waits.append(delay_s)
        self.now_s += delay_s
        threading.Thread(target=action).start()

    def surroundings(self) -> Surroundings:
        return Surroundings(
            now_s=lambda: self.now_s,
            chance=lambda: 1.0,
            mint_token=lambda: next(self._tokens).to_bytes(16, "big"),
            call_later=self.call_later,
        )


def connection_of(app: App) -> Connection:
    return app._connection


@pytest.fixture(name="frontend")
def frontend_fixture() -> Iterator[FakeFrontend]:
    fake = FakeFrontend()
    yield fake
    fake.stop()


@pytest.fixture(name="time")
def time_fixture() -> Time:
    return Time()


@pytest.fixture(name="app")
def app_fixture(frontend: FakeFrontend, time: Time) -> Iterator[App]:
    made = App("mail", address=frontend.address)
    connection_of(made)._surroundings = time.surroundings()
    yield made
    made.close()
