"""A platform that asks who calls: TLS, a first token, a tenant's own tokens, and what the others are told.

    python examples/guarded/guarded.py

Runs on PENSTOCK_POSTGRES_URL and PENSTOCK_NATS_URL if they are set, else on private engines that end with it.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import shop_app
from certificates import make_certificates

from penstock import NotAuthenticated, PenstockError
from penstock.adapters.embedded import EmbeddedEngines

HERE = Path(__file__).resolve().parent
PENSTOCK = (sys.executable, "-m", "penstock.cli")


def penstock(*arguments: str, environment: Mapping[str, str]) -> str:
    """What a command prints; what it says when it fails."""
    done = subprocess.run([*PENSTOCK, *arguments], env=environment, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else done.stderr.strip()


@contextmanager
def running(*arguments: str, environment: Mapping[str, str], log: Path) -> "Iterator[subprocess.Popen[bytes]]":
    """A command beside us, stopped in order at the end; its lines go to a file."""
    with log.open("w") as lines:
        process = subprocess.Popen([*PENSTOCK, *arguments], env=environment, stdout=lines, stderr=lines, cwd=HERE)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def address_of(server: "subprocess.Popen[bytes]", log: Path) -> str:
    """Where the frontend serves, once all servers do."""
    while server.poll() is None:
        lines = log.read_text().splitlines()
        if any("server processes serve" in line for line in lines):
            return next(line.split()[-1] for line in lines if line.startswith("frontend") and "ready at" in line)
        time.sleep(0.05)
    raise OSError(f"the servers have ended: {log.read_text()}")


@asynccontextmanager
async def engines(folder: Path) -> AsyncIterator[dict[str, str]]:
    """The variables that name both."""
    names = ("PENSTOCK_POSTGRES_URL", "PENSTOCK_NATS_URL")
    if all(name in os.environ for name in names):
        yield {name: os.environ[name] for name in names}
        return
    started = await EmbeddedEngines.start(folder / "engines")
    try:
        yield dict(zip(names, (started.postgres_dsn, started.nats_url), strict=True))
    finally:
        await started.stop()


async def show(folder: Path) -> None:
    """The whole story, one line a step."""
    files = make_certificates(folder)
    async with engines(folder) as urls:
        ours = {**os.environ, **urls}
        penstock("migrate", environment=ours)
        guarded = {
            "PENSTOCK_AUTHENTICATION": "tokens",
            "PENSTOCK_TLS_CERTIFICATE_FILE": files["certificate"],
            "PENSTOCK_TLS_KEY_FILE": files["key"],
            "PENSTOCK_FRONTEND_PORT": "0",
            "PENSTOCK_HTTP_PORT": "0",
            "PENSTOCK_ORCHESTRATOR_PORT": "0",
        }
        log = folder / "server.log"
        with running("server", environment={**ours, **guarded}, log=log) as server:
            address = address_of(server, log)
            print("the servers speak TLS and ask everybody for a token")
            os.environ.update({"PENSTOCK_ADDRESS": address, "PENSTOCK_CA_FILE": files["ca"]})
            os.environ["PENSTOCK_NAMESPACE"] = "shop"
            root = penstock(
                *("tokens", "create", "root", "--role=admin", "--namespace=*", "--at-store"), environment=ours
            )
            await tenants(folder, root)


async def tenants(folder: Path, root: str) -> None:
    """Tokens for two, made by the first one; one tenant works, the other looks in vain."""
    admin = {**os.environ, "PENSTOCK_TOKEN": root}

    def token(name: str, role: str, namespace: str) -> str:
        return penstock("tokens", "create", name, f"--role={role}", f"--namespace={namespace}", environment=admin)

    worker, producer = token("shop-worker", "worker", "shop"), token("shop-web", "producer", "shop")
    file = folder / "worker.token"
    file.write_text(worker)
    environment = {**os.environ, "PENSTOCK_TOKEN_FILE": str(file)}
    with running("worker", "shop_app:app", environment=environment, log=folder / "worker.log"):
        os.environ["PENSTOCK_TOKEN"] = producer
        handle = await shop_app.charge.schedule(17, 995)
        print(await handle.result(timeout=60))

        stranger = {name: value for name, value in os.environ.items() if name != "PENSTOCK_TOKEN"}
        print("a stranger:", penstock("tasks", "list", environment=stranger))
        viewer = {**os.environ, "PENSTOCK_TOKEN": token("other-eyes", "viewer", "other")}
        print("another tenant:", penstock("tasks", "show", handle.id, environment=viewer))
        viewer["PENSTOCK_NAMESPACE"] = "other"
        print("in its own place:", penstock("tasks", "show", handle.id, environment=viewer))

        penstock("tokens", "revoke", producer, environment=admin)
        try:
            while True:  # for some seconds a server may still trust it
                await shop_app.charge.schedule(18, 1)
                await asyncio.sleep(0.2)
        except NotAuthenticated as error:
            print("after a while:", error)
        shop_app.app.close()


def main() -> int:
    """The exit code."""
    try:
        with tempfile.TemporaryDirectory(prefix="guarded-") as folder:
            asyncio.run(show(Path(folder)))
    except (PenstockError, OSError, subprocess.CalledProcessError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
