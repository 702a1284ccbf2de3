"""RabbitMQ with an epmd of its own, so that it meets no other Erlang node of this machine."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from benchmarks.children import Child
from benchmarks.peers.packages import library_path, unpacked
from benchmarks.peers.peer import Ground, Server, Unavailable
from benchmarks.peers.places import LOOPBACK, answers, free_ports

START_TIMEOUT_S = 120.0
INSTALLED = Path("/")
RABBITMQ = "usr/lib/rabbitmq/lib"
ERLANG = "usr/lib/erlang"


@asynccontextmanager
async def rabbitmq(ground: Ground) -> AsyncIterator[Server]:
    """The system's, or Debian's in the cache."""
    root = INSTALLED if (INSTALLED / RABBITMQ).exists() else await unpacked(["rabbitmq-server"], ground.cache)
    home = _only(root / RABBITMQ, "rabbitmq_server-*")
    erlang = root / ERLANG
    if erlang.exists():
        _move(erlang)
    else:
        erlang = INSTALLED / ERLANG
    port, distribution_port, epmd_port = free_ports(3)
    environment = _environment(ground.folder, home, port, distribution_port) | {
        "PATH": f"{erlang / 'bin'}:/usr/bin:/bin",
        "LD_LIBRARY_PATH": library_path(root),
        "ERL_EPMD_ADDRESS": LOOPBACK,
        "ERL_EPMD_PORT": str(epmd_port),
    }
    async with AsyncExitStack() as children:
        epmd = await Child.start("epmd", [str(_only(erlang, "erts-*") / "bin" / "epmd")], environment, ground.folder)
        children.push_async_callback(epmd.stop)
        await answers(epmd, epmd_port)
        server = await Child.start(
            "rabbitmq", ["/bin/sh", str(home / "sbin" / "rabbitmq-server")], environment, ground.folder
        )
        children.push_async_callback(server.stop)
        await answers(server, port, START_TIMEOUT_S)
        versions = {"RabbitMQ": home.name.partition("-")[2]}
        yield Server({"PEER_ADDRESS": f"amqp://guest:guest@{LOOPBACK}:{port}/%2F"}, versions)


def _environment(folder: Path, home: Path, port: int, distribution_port: int) -> dict[str, str]:
    for empty in ("env.conf", "plugins"):
        (folder / empty).touch()
    (folder / "rabbitmq.conf").write_text(
        f"listeners.tcp.1 = {LOOPBACK}:{port}\ndistribution.listener.interface = {LOOPBACK}\nlog.console = false\n"
    )
    return {
        "HOME": str(folder),  # for the cookie
        "RUNNING_UNDER_SYSTEMD": "true",  # the script becomes the server: one process id, and SIGTERM reaches it
        "RABBITMQ_NODENAME": "bench@localhost",
        "RABBITMQ_DIST_PORT": str(distribution_port),
        "RABBITMQ_CONF_ENV_FILE": str(folder / "env.conf"),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_PLUGINS_DIR": str(home / "plugins"),
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
    }


def _only(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise Unavailable(f"{folder}: {len(found)} folders {pattern}, not one")
    return found[0]


def _move(erlang: Path) -> None:
    """Its start script names the folder into which Debian would have installed it."""
    script = erlang / "bin" / "erl"
    text = script.read_text()
    if (moved := text.replace("ROOTDIR=/usr/lib/erlang\n", f"ROOTDIR={erlang}\n")) != text:
        script.write_text(moved)
