"""Settings as every verb takes them: a bad one is refused whatever the verb needs, one that means nothing is told."""

import os
import sys

from penstock.server.parent_watch import PARENT_VARIABLE
from penstock.settings import Settings, load_settings, strangers


def checked_settings(**flags: object) -> Settings:
    """From all sources; raises `InvalidInput` with every problem."""
    settings = load_settings(**flags)
    if PARENT_VARIABLE not in os.environ:  # else who started us has told it
        for variable, problem in strangers(os.environ):
            print(f"warning: {variable} {problem}", file=sys.stderr)
    return settings
