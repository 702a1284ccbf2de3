"""What passes between a controller and an executor's process: one JSON value a line, over a socket pair."""

from typing import Final

import msgspec
from msgspec import Struct

from penstock.ports.hosts import ExecutorSpec, ExecutorWord


class StartParameters(Struct, frozen=True):
    """The first line downwards. Functions are named as `module:attribute`, so that no side imports for the other."""

    spec: ExecutorSpec
    board: int
    """the descriptor of its file"""
    crash: int
    """the descriptor of the file for a fatal signal's stack"""
    program: str
    """`(spec, lambdas, orchestrators, seat, options) -> object with run() and stop(interrupt)`"""
    connect: str
    """`(link) -> Orchestrators`, called on the platform's loop; an async `close()` is called at the end"""
    link: str
    options: bytes = b"{}"


class StopOrder(Struct, frozen=True):
    """Every later line downwards."""

    interrupt: bool


LINE_BYTES_MAX: Final = 4 * 1024 * 1024
encode_line = msgspec.json.Encoder().encode
decode_parameters = msgspec.json.Decoder(StartParameters).decode
decode_order = msgspec.json.Decoder(StopOrder).decode
decode_word = msgspec.json.Decoder(ExecutorWord).decode
