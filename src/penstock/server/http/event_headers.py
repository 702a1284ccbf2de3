"""CloudEvents' binary mode: attributes in headers, data as the body."""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import unquote_to_bytes

from penstock.server.http.cloud_event import BadEvent, CloudEvent, cloud_event

PREFIX: Final = b"ce-"
_QUOTED: Final = re.compile(rb'"((?:[^"\\]|\\.)*)"\Z', re.DOTALL)
_ESCAPED: Final = re.compile(rb"\\(.)", re.DOTALL)


def event_of_headers(headers: Iterable[tuple[bytes, bytes]], content_type: str, body: bytes) -> CloudEvent:
    """Raises `BadEvent`. Names are in small letters."""
    attributes: dict[str, str] = {}
    for header, value in headers:
        if header.startswith(PREFIX):
            name = header.removeprefix(PREFIX).decode("latin-1")
            if name in attributes:
                raise BadEvent(name[:40], "comes twice")
            if name == "datacontenttype":
                raise BadEvent(name, "is the header Content-Type, without ce-")
            attributes[name] = _decoded(name, value)
    if content_type:
        attributes["datacontenttype"] = content_type
    return cloud_event(attributes, body)


def _decoded(name: str, value: bytes) -> str:
    if quoted := _QUOTED.match(value):
        value = _ESCAPED.sub(rb"\1", quoted[1])
    try:
        return unquote_to_bytes(value).decode()
    except UnicodeDecodeError:
        raise BadEvent(name[:40], "is not UTF-8 once its percent signs are decoded") from None
