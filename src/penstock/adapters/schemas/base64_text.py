"""Bytes in JSON: base64 by the letter, since lenient decoders drop what they do not know."""

import base64
import binascii

from penstock.adapters.schemas.misfit import Misfit, shown


def bytes_of(text: object) -> bytes:
    """Raises `Misfit` for what is not exactly the base64 (RFC 4648, section 4, padded) of some bytes."""
    if not isinstance(text, str):
        raise Misfit(f"{shown(text)} is no text: bytes are written as base64")
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Misfit(f"{shown(text)} is not base64") from None
    if base64.b64encode(found).decode() != text:
        raise Misfit(f"{shown(text)} is not base64: its last bits would be lost")
    return found


def text_of(data: bytes) -> str:
    """The base64."""
    return base64.b64encode(data).decode()
