"""The running platform, asked as any client asks it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import Final

from penstock.cli.checkup.finding import Finding, Verdict
from penstock.cli.client import Client
from penstock.model.errors import PenstockError

AREA: Final = "platform"
CLOCKS_APART_MAX: Final = timedelta(seconds=5)


def look_at_platform(address: str | None) -> Iterator[Finding]:
    """Whether the frontend answers, what it runs, and how far its clock is from ours."""
    try:
        with Client(address, None) as client:
            yield Finding(AREA, "address", str(client.address))
            info = client.server_info()
    except PenstockError as error:
        yield Finding(AREA, "frontend", str(error), Verdict.PROBLEM)
        return
    yield Finding(AREA, "frontend", f"answers, version {info.version}", Verdict.OK)
    if info.version != version("penstock"):
        text = f"it runs {info.version}, this is {version('penstock')}; keep them within one version"
        yield Finding(AREA, "version", text, Verdict.WARNING)
    yield _clock(info.clock_us)
    for name, value in sorted(info.facts.items()):
        yield Finding(AREA, name, value)


def _clock(clock_us: int) -> Finding:
    apart = abs(datetime.fromtimestamp(clock_us / 1_000_000, UTC) - datetime.now(UTC))
    if apart > CLOCKS_APART_MAX:
        text = f"the database's and ours are {apart.total_seconds():.0f} s apart; nothing breaks, but times look odd"
        return Finding(AREA, "clock", text, Verdict.WARNING)
    return Finding(AREA, "clock", "agrees with ours", Verdict.OK)
