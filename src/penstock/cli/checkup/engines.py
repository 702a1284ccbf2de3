"""PostgreSQL and NATS: reachable, new enough, safe; one's own or the embedded ones of the folder."""

import asyncio
from collections.abc import Iterator
from typing import Final

import nats
import nats.errors

from penstock.adapters.embedded import EngineError, EngineReport, describe
from penstock.adapters.embedded.folder import Folder
from penstock.adapters.embedded.nats import Nats
from penstock.adapters.embedded.postgres import Postgres
from penstock.adapters.embedded.state import State
from penstock.adapters.postgres.inspection import inspect
from penstock.cli.checkup.finding import Finding, Verdict
from penstock.cli.checkup.settings import without_password
from penstock.model.errors import PenstockError
from penstock.settings import Settings

AREA: Final = "engines"
NATS_MIN: Final = (2, 12)
_CONNECT_TIMEOUT_S: Final = 3


def look_at_engines(settings: Settings) -> Iterator[Finding]:
    """Both engines: those of the settings, else those of the folder."""
    postgres_url, nats_url = settings.postgres_url, settings.nats_url
    if not (postgres_url and nats_url):
        reports = describe(
            settings.folder.resolve(),
            postgres_binary_folder=settings.postgres_binaries,
            nats_binary=settings.nats_binary,
        )
        yield from map(_of_program, reports)
        running = {report.engine for report in reports if report.running_pid}
        embedded_postgres, embedded_nats = _embedded_addresses(settings)
        postgres_url = postgres_url or (embedded_postgres if "postgres" in running else "")
        nats_url = nats_url or (embedded_nats if "nats" in running else "")
    if postgres_url:
        yield from _postgres(postgres_url)
    if nats_url:
        yield asyncio.run(_nats(nats_url))


def postgres_in_use(settings: Settings) -> str:
    """The address of one's own, else of the embedded one that runs; "": none does."""
    if settings.postgres_url:
        return settings.postgres_url
    reports = describe(
        settings.folder.resolve(), postgres_binary_folder=settings.postgres_binaries, nats_binary=settings.nats_binary
    )
    runs = any(report.engine == "postgres" and report.running_pid for report in reports)
    return _embedded_addresses(settings)[0] if runs else ""


def _of_program(report: EngineReport) -> Finding:
    name = f"embedded {report.engine}"
    if report.problem:
        return Finding(AREA, name, report.problem, Verdict.PROBLEM)
    if report.running_pid is None:
        text = f"does not run; `penstock dev` starts {report.program}"
        return Finding(AREA, name, text, Verdict.WARNING)
    where = f"pid {report.running_pid}, data in {report.data_folder}, log {report.log}"
    if report.owner_pid is None:
        text = "left behind by a killed `penstock dev`; `penstock dev --stop` ends it, the next dev takes it over"
        return Finding(AREA, name, f"{where}: {text}", Verdict.WARNING)
    return Finding(AREA, name, f"{where}; process {report.owner_pid} stops it")


def _embedded_addresses(settings: Settings) -> tuple[str, str]:
    folder = Folder(settings.folder)
    try:
        state = State(folder)
    except EngineError:
        return "", ""
    return Postgres(folder, state, None).dsn(), Nats(folder, state, None).url


def _postgres(url: str) -> Iterator[Finding]:
    yield Finding(AREA, "postgres", without_password(url))
    try:
        problems = asyncio.run(inspect(url))
    except PenstockError as error:
        yield Finding(AREA, "postgres", str(error), Verdict.PROBLEM)
        return
    except (OSError, ValueError) as error:
        yield Finding(AREA, "postgres", f"{error}; check postgres_url and that it runs", Verdict.PROBLEM)
        return
    for problem in problems:
        yield Finding(AREA, "postgres", problem, Verdict.PROBLEM)
    if not problems:
        yield Finding(AREA, "postgres", "answers, new enough, durable, schema up to date", Verdict.OK)


async def _nats(url: str) -> Finding:
    async def quiet(_: Exception) -> None:
        """The finding says it."""

    try:
        # The client itself would try again for ever, or for as long as it has servers to try.
        async with asyncio.timeout(_CONNECT_TIMEOUT_S):
            connection = await nats.connect(
                url.split(","), connect_timeout=_CONNECT_TIMEOUT_S, max_reconnect_attempts=1, error_cb=quiet
            )
    except (OSError, TimeoutError, ValueError, nats.errors.Error) as error:
        text = f"{without_password(url)}: {str(error) or 'no answer'}; check nats_url and that it runs"
        return Finding(AREA, "nats", text, Verdict.PROBLEM)
    try:
        found = connection.connected_server_version
        jetstream = bool(connection._server_info.get("jetstream"))  # noqa: SLF001 - the client has no other word for it
    finally:
        await connection.close()
    text = f"{without_password(url)}: version {found.major}.{found.minor}.{found.patch}"
    if (found.major, found.minor) < NATS_MIN:
        return Finding(AREA, "nats", f"{text} is too old; Penstock needs 2.12 or newer", Verdict.PROBLEM)
    if not jetstream:
        return Finding(AREA, "nats", f"{text}: JetStream is off; start it with -js", Verdict.PROBLEM)
    return Finding(AREA, "nats", f"{text}, JetStream is on", Verdict.OK)
