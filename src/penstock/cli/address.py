"""Where a platform is: written by the one that runs here, found by whoever asks."""

import os
from pathlib import Path
from typing import Final

from penstock.sdk.address import ADDRESS_FILE, Address, find_address

HTTP_FILE: Final = "http_address"
"""beside the address: `http://host:port`"""


def write_address(folder: Path, address: str, http_url: str) -> None:
    """Puts `host:port` into the folder, and the URL of HTTP into a file of its own beside it. A reader of one of them
    sees the old file, none, or the whole new one.
    """
    for name, text in ((HTTP_FILE, http_url), (ADDRESS_FILE.name, address)):
        unfinished = folder / f".{name}.{os.getpid()}"
        unfinished.write_text(f"{text}\n")
        unfinished.replace(folder / name)


def remove_address(folder: Path) -> None:
    """Takes both away when their platform stops."""
    for name in (ADDRESS_FILE.name, HTTP_FILE):
        (folder / name).unlink(missing_ok=True)


def named_or_found(flag: str | None) -> Address:
    """The address of the flag, else the one that the SDK finds; raises `NotFound`."""
    return Address(flag, "--address") if flag else find_address("")
