"""Calls whose payload is a JSON object of 100 bytes, whatever the lambda."""

from collections.abc import Callable
from typing import Any

from benchmarks.lambdas.noop import app as noop_app
from benchmarks.lambdas.noop import noop
from benchmarks.lambdas.stamp import app as stamp_app
from benchmarks.lambdas.stamp import stamp
from penstock import App

PAYLOAD_BYTES = 100
NOOP_FILLER = "x" * (PAYLOAD_BYTES - len('{"filler":""}'))
STAMP_FILLER = "x" * (PAYLOAD_BYTES - len('{"n":1000000,"filler":""}'))

Call = Callable[[int], Any]
"""The n-th call."""


def noop_calls(delay_s: float, collection: str = "") -> Call:
    chosen = noop.options(delay=delay_s) if delay_s else noop
    chosen = chosen.options(collection=collection) if collection else chosen
    return lambda n: chosen.call(NOOP_FILLER)


def stamp_calls(delay_s: float, collection: str = "") -> Call:
    chosen = stamp.options(delay=delay_s) if delay_s else stamp
    chosen = chosen.options(collection=collection) if collection else chosen
    return lambda n: chosen.call(n, STAMP_FILLER)


KINDS: dict[str, tuple[App, Callable[..., Call]]] = {
    "noop": (noop_app, noop_calls),
    "stamp": (stamp_app, stamp_calls),
}
