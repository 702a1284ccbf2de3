"""One task that is about to be scheduled."""

from itertools import chain
from typing import Generic, TypeVar

from msgspec import Struct

from penstock.sdk.options import Options
from penstock.sdk.returns import ResultReader

R_co = TypeVar("R_co", covariant=True)


class Kind(Struct, frozen=True):
    """What calls of one lambda with the same options share. Compared by identity first: it is made once."""

    lambda_name: str
    options: Options
    returns: ResultReader


class Call(Struct, Generic[R_co], frozen=True):
    """A lambda with its arguments, for `app.schedule_many`. Made by `send_email.call(...)`; runs nothing."""

    kind: Kind
    payload: bytes
    parent_id: bytes = b""
    """of the task in which the call was made, if any"""

    @property
    def size_bytes(self) -> int:
        """About what it takes in a request."""
        options = self.kind.options
        attributes = sum(map(len, chain(*options.attributes))) if options.attributes else 0
        return len(self.payload) + len(options.key) + attributes + 32
