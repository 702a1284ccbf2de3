"""One HTTP request to somebody else's address."""

from typing import Protocol

from msgspec import Struct

from penstock.model.endpoint_answer import Answer


class Post(Struct, frozen=True):
    """What is sent, and how long it may take. Times in seconds."""

    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    connect_timeout_s: float
    read_timeout_s: float
    timeout_s: float
    """for all of it, to the last byte of the answer"""
    answer_bytes_max: int


class Poster(Protocol):
    """Calls only addresses that may be called, follows nothing, and reads no more than it should."""

    async def post(self, post: Post) -> Answer:
        """Raises `NoAnswer` for whatever is none. May be cancelled."""

    def forget(self, url: str) -> None:
        """Nobody will call it soon: its connections may go."""
