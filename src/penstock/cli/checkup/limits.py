"""The limits that every call is held to."""

from collections.abc import Iterator

from penstock.cli.checkup.finding import Finding
from penstock.model import limits


def look_at_limits() -> Iterator[Finding]:
    """All constants of `penstock.model.limits`."""
    for name, value in vars(limits).items():
        if name.isupper() and isinstance(value, int | float):
            yield Finding("limits", name.lower(), f"{value:,}")
