"""Settings: what they are, where each comes from, and names that mean nothing."""

import os
from collections.abc import Iterator, Mapping
from typing import Final

from pydantic_settings import TomlConfigSettingsSource

from penstock.cli.checkup.finding import Finding, Verdict
from penstock.settings import FILE_NAME, PREFIX, Settings, find_upwards, strangers

AREA: Final = "settings"


def look_at_settings(settings: Settings) -> Iterator[Finding]:
    """Every setting that is not at its default, and what looks like one but is none."""
    places = _places(os.environ)
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        if name in places or value != field.get_default(call_default_factory=True):
            shown = without_password(str(value)) or "empty"
            yield Finding(AREA, name, f"{shown}  (from {places.get(name, 'a flag')})")
    yield Finding(AREA, "others", "at their defaults: docs/settings.md lists them all")
    for variable, problem in strangers(os.environ):
        yield Finding(AREA, variable, problem, Verdict.PROBLEM)


def _places(environment: Mapping[str, str]) -> dict[str, str]:
    file = find_upwards(FILE_NAME)
    places = dict.fromkeys(TomlConfigSettingsSource(Settings, file)(), str(file)) if file else {}
    for variable in environment:
        if variable.upper().startswith(PREFIX):
            places[variable[len(PREFIX) :].lower()] = variable
    return places


def without_password(text: str) -> str:
    """Addresses with what stands between `:` or `//` and `@` left out."""
    shown = []
    for part in text.split(","):
        scheme, mark, rest = part.partition("://")
        who, at, where = rest.rpartition("@")
        user, colon, _ = who.partition(":")
        hidden = f"{user}:***" if colon else ("***" if scheme in ("nats", "tls", "ws", "wss") else user)
        shown.append(f"{scheme}{mark}{hidden}{at}{where}" if mark and at else part)
    return ",".join(shown)
