"""What an app shows the platform: out of the environment, else out of the nearest penstock.toml."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from penstock.sdk.address import find_setting
from penstock.wire.credentials import Credentials

_ONE_OF: Final = ("token", "token_file")


def find_credentials(environment: Mapping[str, str] | None = None, start: Path | None = None) -> Credentials:
    """Checked; raises `InvalidInput` for files that cannot be read and a token that is none.

    A variable that is set wins over the file, also an empty one; of `token` and `token_file` either hides both.
    """
    environment = os.environ if environment is None else environment
    set_here = {name for name in Credentials.__struct_fields__ if _variable(name) in environment}
    if set_here & {*_ONE_OF}:
        set_here |= {*_ONE_OF}
    found = {
        name: environment.get(_variable(name), "") if name in set_here else find_setting(name, start)
        for name in Credentials.__struct_fields__
    }
    return Credentials(**found).check()


def _variable(name: str) -> str:
    return f"PENSTOCK_{name.upper()}"
