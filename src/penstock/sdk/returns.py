"""Results as the lambda's return type."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, Final

import msgspec

from penstock.model.errors import InvalidInput
from penstock.sdk.binding import resolve_hints
from penstock.sdk.payload import decode_other


def decoder_of(annotation: Any) -> "msgspec.json.Decoder[Any]":
    """Reads values of an annotation from JSON; raises `TypeError` for one that cannot be read."""
    return msgspec.json.Decoder(annotation, dec_hook=decode_other)


class ResultReader:
    """Reads results of one lambda. Its annotation is resolved at the first result, when all modules are loaded."""

    def __init__(self, lambda_name: str, function: Callable[..., Any] | None) -> None:
        self._lambda_name, self._function = lambda_name, function

    @cached_property
    def type(self) -> Any:
        """The return annotation; anything if there is none. Raises `TypeError` when it cannot be resolved."""
        if self._function is None:
            return Any
        return resolve_hints(self._function, self._lambda_name).get("return", Any)

    @cached_property
    def _decoder(self) -> "msgspec.json.Decoder[Any]":
        return decoder_of(self.type)

    def read(self, result: bytes) -> Any:
        """The value; raises `InvalidInput` when it isn't what the annotation says."""
        if not result:
            return None
        try:
            return self._decoder.decode(result)
        except (msgspec.MsgspecError, NotImplementedError) as error:
            raise InvalidInput("result", f"of {self._lambda_name} isn't what its annotation says: {error}") from None


OF_ANYTHING: Final = ResultReader("a lambda known by name", None)
