"""Where a platform is: written by the one that runs here, found by whoever asks."""

import os
from pathlib import Path

from penstock.sdk.address import ADDRESS_FILE, Address, find_address


def write_address(folder: Path, address: str) -> None:
    """Puts `host:port` into the folder; a reader sees the old file, none, or the whole new one."""
    unfinished = folder / f".{ADDRESS_FILE.name}.{os.getpid()}"
    unfinished.write_text(f"{address}\n")
    unfinished.replace(folder / ADDRESS_FILE.name)


def remove_address(folder: Path) -> None:
    """Takes the address away when its platform stops."""
    (folder / ADDRESS_FILE.name).unlink(missing_ok=True)


def named_or_found(flag: str | None) -> Address:
    """The address of the flag, else the one that the SDK finds; raises `NotFound`."""
    return Address(flag, "--address") if flag else find_address("")
