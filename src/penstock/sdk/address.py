"""Where the platform is: the address given, the environment, then the files from here upwards."""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from penstock.model.errors import InvalidInput, NotFound

ADDRESS_VARIABLE: Final = "PENSTOCK_ADDRESS"
NAMESPACE_VARIABLE: Final = "PENSTOCK_NAMESPACE"
SETTINGS_FILE: Final = "penstock.toml"
ADDRESS_FILE: Final = Path(".penstock") / "address"
_PORT_MAX: Final = 65_535
_WITH_SCHEME: Final = re.compile(r"unix(-abstract)?:.|(dns|ipv4|ipv6|xds)://?.")
_LOOPBACK: Final = ("localhost", "127.", "[::1]", "unix:")


class Address(Struct, frozen=True):
    """`host:port`, and who says so: for error messages."""

    text: str
    place: str

    def __post_init__(self) -> None:
        """Refuses what gRPC would read as another port, or look up as a name, with `InvalidInput`."""
        host, _, port = self.text.rpartition(":")
        named = host and not any(letter.isspace() for letter in host) and (":" not in host or host[-1] == "]")
        numbered = port.isascii() and port.isdigit() and len(port) <= 5 and 0 < int(port) <= _PORT_MAX
        if not (named and numbered) and not _WITH_SCHEME.match(self.text):
            raise InvalidInput(self.place, f"{self.text!r} is not host:port, such as 127.0.0.1:7460")

    @property
    def is_loopback(self) -> bool:
        return self.text.startswith(_LOOPBACK)

    def __str__(self) -> str:
        return f"{self.text} (from {self.place})"


def find_address(given: str, environment: Mapping[str, str] | None = None, start: Path | None = None) -> Address:
    """The first address found; in the nearest folder that has one, penstock.toml before .penstock/address.

    Raises `NotFound` saying what to do when there is none, `InvalidInput` for a broken penstock.toml.
    """
    if given:
        return Address(given, "App(address=)")
    environment = os.environ if environment is None else environment
    if named := environment.get(ADDRESS_VARIABLE):
        return Address(named, ADDRESS_VARIABLE)
    folder = (start or Path.cwd()).absolute()
    for place in (folder, *folder.parents):
        if address := _address_in(place):
            return address
    raise NotFound(
        f"no address of a platform: {ADDRESS_VARIABLE} isn't set, and neither {ADDRESS_FILE} nor an address in "
        f"{SETTINGS_FILE} is in {folder} or above it; run `penstock dev`, or set {ADDRESS_VARIABLE}"
    )


def find_namespace(given: str, environment: Mapping[str, str] | None = None, start: Path | None = None) -> str:
    """The namespace given, or of the environment, or of the nearest penstock.toml; "" is the default one."""
    environment = os.environ if environment is None else environment
    return given or environment.get(NAMESPACE_VARIABLE, "") or find_setting("namespace", start)


def find_setting(name: str, start: Path | None = None) -> str:
    """A text setting of the nearest penstock.toml that has it, "" for none; raises `InvalidInput`."""
    folder = (start or Path.cwd()).absolute()
    for place in (folder, *folder.parents):
        if named := _setting_in(place / SETTINGS_FILE, name):
            return named
    return ""


def _address_in(folder: Path) -> Address | None:
    if named := _setting_in(folder / SETTINGS_FILE, "address"):
        return Address(named, str(folder / SETTINGS_FILE))
    try:
        written = (folder / ADDRESS_FILE).read_text().strip()
    except OSError:
        return None
    return Address(written, str(folder / ADDRESS_FILE)) if written else None


def _setting_in(path: Path, name: str) -> str:
    try:
        settings: dict[str, Any] = tomllib.loads(path.read_text())
    except OSError:
        return ""
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(str(path), f"is not TOML: {error}") from None
    value = settings.get(name, "")
    if not isinstance(value, str):
        raise InvalidInput(f"{path}: {name}", f"{value!r} is not text")
    return value
