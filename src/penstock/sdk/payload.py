"""JSON both ways, by msgspec, with the few types of others that it does not know."""

import itertools
import math
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any, Final

import msgspec

from penstock.model.errors import InvalidInput, LimitExceeded
from penstock.model.limits import PAYLOAD_BYTES_MAX


def _encode_other(value: Any) -> Any:
    if hasattr(value, "model_dump"):  # a pydantic model; pydantic itself is not needed for that
        return value.model_dump(mode="json")
    if isinstance(value, PurePath):
        return str(value)
    raise NotImplementedError(f"a value of type {type(value).__qualname__} cannot be written as JSON")


def decode_other(kind: Any, value: Any) -> Any:
    """A value of a type that msgspec does not know; raises what the type raises, or `NotImplementedError`."""
    if hasattr(kind, "model_validate_json"):
        return kind.model_validate_json(msgspec.json.encode(value))
    if isinstance(kind, type) and issubclass(kind, PurePath) and isinstance(value, str):
        return kind(value)
    raise NotImplementedError(f"a {getattr(kind, '__qualname__', kind)} cannot be read from JSON")


_encoder: Final = msgspec.json.Encoder(enc_hook=_encode_other)
encode_json: Final = _encoder.encode
"""Any value as JSON, a NaN as null; raises what the value's own types raise."""


def encode_arguments(lambda_name: str, arguments: Mapping[str, Any]) -> bytes:
    """One JSON object. Raises `TypeError` for a type without a JSON form, `InvalidInput` for a bad value."""
    try:
        payload = _encoder.encode(arguments)
    except (TypeError, NotImplementedError) as error:
        raise TypeError(f"{lambda_name}: {_guilty(arguments)}{error}") from None
    except RecursionError:
        raise InvalidInput("arguments", f"of {lambda_name} are nested too deeply, or hold themselves") from None
    except ValueError as error:
        raise InvalidInput("arguments", f"of {lambda_name}: {_guilty(arguments)}{error}") from None
    if len(payload) > PAYLOAD_BYTES_MAX:
        raise LimitExceeded(
            "arguments",
            f"of {lambda_name} have {len(payload)} bytes as JSON; the limit is {PAYLOAD_BYTES_MAX}: "
            "store large data elsewhere and pass its name",
        )
    # Looking for them costs nothing where there is no null.
    if b"null" in payload and (found := find_non_finite(arguments)):
        number, place = found
        raise InvalidInput(
            "arguments", f"of {lambda_name} hold a NaN or an infinity, which JSON cannot carry: {number} at {place[1:]}"
        )
    return payload


def find_non_finite(value: Any) -> tuple[float, str] | None:
    """The first NaN or infinity, which msgspec writes as null, and where it stands, such as `.prices[2]`."""
    return _find(msgspec.to_builtins(value, enc_hook=_encode_other), "")


def _find(value: Any, place: str) -> tuple[float, str] | None:
    if isinstance(value, float):
        return None if math.isfinite(value) else (value, place)
    if isinstance(value, dict):
        parts = ((part, f"{place}.{name}") for name, part in value.items())
    elif isinstance(value, list | tuple | set | frozenset):
        parts = ((part, f"{place}[{at}]") for at, part in enumerate(value))
    else:
        return None
    return next(filter(None, itertools.starmap(_find, parts)), None)


def _guilty(arguments: Mapping[str, Any]) -> str:
    """Names the first argument that cannot be encoded on its own."""
    for name, value in arguments.items():
        try:
            _encoder.encode(value)
        except (TypeError, NotImplementedError, ValueError):
            return f"argument {name!r}: "
    return ""
