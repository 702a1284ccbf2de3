"""What names may look like: checked once, at the door, so that nobody else has to."""

import re
from typing import Final

from penstock.model.errors import InvalidInput, LimitExceeded
from penstock.model.limits import (
    ACTOR_BYTES_MAX,
    COLLECTION_BYTES_MAX,
    DESCRIPTION_BYTES_MAX,
    ERROR_TYPE_BYTES_MAX,
    KEY_BYTES_MAX,
    NAME_CHARS_MAX,
    REASON_BYTES_MAX,
    SCHEDULE_NAME_CHARS_MAX,
    VERSION_BYTES_MAX,
)

_NAME: Final = re.compile(r"[a-z0-9_-]{1,64}\Z")
_SCHEDULE_NAME: Final = re.compile(rf"[a-z0-9_.-]{{1,{SCHEDULE_NAME_CHARS_MAX}}}\Z")
_NOT_KEPT: Final = re.compile("[\x00\ud800-\udfff]")
DEFAULT_NAMESPACE: Final = "default"


def check_name(field: str, name: str) -> str:
    """An app's, lambda's, stream's or namespace's name; raises `InvalidInput`."""
    _check_is_text(field, name)
    if not _NAME.match(name):
        raise InvalidInput(field, f"{name[:80]!r} is not a name; use 1 to {NAME_CHARS_MAX} of a-z, 0-9, _ and -")
    return name


def check_lambda_name(name: str, field: str = "lambda") -> str:
    """A full name `app.lambda`; raises `InvalidInput`."""
    _check_is_text(field, name)
    app, dot, short = name.partition(".")
    if not dot:
        raise InvalidInput(
            field, f"{name[:80]!r} has no dot; a lambda's full name is app.lambda, such as mail.send_email"
        )
    if not (_NAME.match(app) and _NAME.match(short)):
        raise InvalidInput(
            field, f"{name[:140]!r} is not app.lambda, each of them 1 to {NAME_CHARS_MAX} of a-z, 0-9, _ and -"
        )
    return name


def check_schedule_name(name: str, field: str = "name") -> str:
    """A periodic schedule's name; raises `InvalidInput`."""
    _check_is_text(field, name)
    if not _SCHEDULE_NAME.match(name):
        raise InvalidInput(
            field,
            f"{name[:80]!r} is not the name of a schedule; use 1 to {SCHEDULE_NAME_CHARS_MAX} of a-z, 0-9, _, - and .",
        )
    return name


def check_namespace(name: str) -> str:
    """The namespace named, or the default one for an empty name; raises `InvalidInput`."""
    return check_name("namespace", name) if name else DEFAULT_NAMESPACE


def _check_is_text(field: str, text: object) -> None:
    if not isinstance(text, str):
        raise InvalidInput(field, f"{text!r:.80} is not text")


def check_text(field: str, text: str, bytes_max: int) -> str:
    """Text that every store can keep; raises `InvalidInput` and `LimitExceeded`."""
    _check_is_text(field, text)
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > bytes_max:
        raise LimitExceeded(field, f"has {size} bytes; the limit is {bytes_max}")
    if _NOT_KEPT.search(text):
        raise InvalidInput(field, "holds a NUL or a lone surrogate, which no store can keep")
    return text


def check_collection(text: str) -> str:
    """A collection's label, "" for none; raises `InvalidInput`."""
    return check_text("collection", text, COLLECTION_BYTES_MAX)


def check_key(text: str) -> str:
    """An opaque idempotency key, "" for none; raises `InvalidInput`."""
    return check_text("key", text, KEY_BYTES_MAX)


def check_version(text: str) -> str:
    """A lambda's version, "" for none; raises `InvalidInput`."""
    return check_text("version", text, VERSION_BYTES_MAX)


def check_description(text: str) -> str:
    """What a lambda is for, "" for nothing said; raises `InvalidInput`."""
    return check_text("description", text, DESCRIPTION_BYTES_MAX)


def check_actor(text: str) -> str:
    """Who gives an order, for the audit; raises `InvalidInput`."""
    if not text:
        raise InvalidInput("asked_by", "is empty; say who gives the order, for the audit")
    return check_text("asked_by", text, ACTOR_BYTES_MAX)


def check_reason(text: str) -> str:
    """Why somebody gives an order, "" for nothing said; raises `InvalidInput`."""
    return check_text("reason", text, REASON_BYTES_MAX)


def check_error_type(text: str) -> str:
    """The type of an error as it is kept, "" for any; raises `InvalidInput`."""
    return check_text("error_type", text, ERROR_TYPE_BYTES_MAX)


def check_who(text: str) -> str:
    """Who set a gate, "" for nobody known; raises `InvalidInput`."""
    return check_text("who", text, ACTOR_BYTES_MAX)
