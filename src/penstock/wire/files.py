"""Files that hold secrets and certificates: read with an error that names the setting and the file."""

from pathlib import Path
from typing import Final

from penstock.model.errors import InvalidInput

BYTES_MAX: Final = 1024 * 1024
_SECRET_BYTES_MAX: Final = 4096


def read_pem(field: str, name: str) -> bytes:
    """A PEM file; raises `InvalidInput`."""
    content = _read(field, name, BYTES_MAX)
    if b"-----BEGIN " not in content:
        raise InvalidInput(field, f"{name} is no PEM file; it holds no line -----BEGIN ...-----")
    return content


def read_secret(field: str, name: str) -> str:
    """The one line of a file; raises `InvalidInput`, which never repeats it."""
    try:
        return _read(field, name, _SECRET_BYTES_MAX).decode("ascii").strip()
    except UnicodeDecodeError:
        raise InvalidInput(field, f"{name} holds more than letters and digits; it is to hold one token") from None


def _read(field: str, name: str, bytes_max: int) -> bytes:
    try:
        with Path(name).open("rb") as file:
            content = file.read(bytes_max + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InvalidInput(field, f"{name} cannot be read: {reason}") from None
    if len(content) > bytes_max:
        raise InvalidInput(field, f"{name} is larger than {bytes_max} bytes; it is another file")
    return content
