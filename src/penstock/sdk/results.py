"""Results of one lambda as JSON, refused by the worker if whoever awaits them could not read them."""

from collections.abc import Callable
from types import NoneType
from typing import Any, Final

import msgspec

from penstock.model.limits import RESULT_BYTES_MAX
from penstock.model.outcomes import UnfitResult
from penstock.sdk.annotations import certain_types, shown_annotation
from penstock.sdk.payload import encode_json, find_non_finite
from penstock.sdk.returns import decoder_of

Encode = Callable[[Any], bytes]
"""Raises `UnfitResult`, or what the value's own types raise."""

_NULL: Final = b"null"


def result_encoder(lambda_name: str, annotation: Any) -> Encode:
    """What writes the results of a lambda with this return annotation."""
    certain, read, shown = certain_types(annotation), _reader_of(annotation), shown_annotation(annotation)
    none_is_certain = NoneType in certain

    def encode(value: Any) -> bytes:
        if value is None and none_is_certain:
            return _NULL
        encoded = encode_json(value)
        if type(value) in certain and encoded != _NULL:  # a NaN is written as null
            return encoded
        if len(encoded) > RESULT_BYTES_MAX:  # it is left out
            return encoded
        if _NULL in encoded and (found := find_non_finite(value)):
            number, place = found
            raise UnfitResult(f"{lambda_name} returned {number} at ${place}, which JSON cannot carry")
        if read is not None:
            try:
                read(encoded)
            except msgspec.MsgspecError as error:
                raise UnfitResult(
                    f"{lambda_name} returned what its annotation `-> {shown}` excludes: {error}"
                ) from None
            except Exception:  # noqa: BLE001, S110 - a type that cannot tell has no say
                pass
        return encoded

    return encode


def _reader_of(annotation: Any) -> Callable[[bytes], Any] | None:
    """None: anything fits, or nobody can say."""
    if annotation is Any:
        return None
    try:
        return decoder_of(annotation).decode
    except TypeError:
        return None
