"""nats-server with JetStream that fsyncs before it acknowledges."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.children import Child
from benchmarks.peers.peer import Ground, Server
from benchmarks.peers.places import LOOPBACK, answers, free_ports
from penstock.adapters.embedded import programs


@asynccontextmanager
async def jetstream(ground: Ground) -> AsyncIterator[Server]:
    """The program that Penstock uses, too."""
    program = programs.find_nats(None)
    [port] = free_ports(1)
    config = ground.folder / "nats.conf"
    # https://docs.nats.io/running-a-nats-service/configuration#jetstream: the default is every two minutes
    store = {"store_dir": str(ground.folder / "data"), "sync_interval": "always"}
    config.write_text(json.dumps({"host": LOOPBACK, "port": port, "jetstream": store}))
    server = await Child.start("nats", [str(program.path), "-c", str(config)], {}, ground.folder)
    try:
        await answers(server, port)
        version = ".".join(map(str, program.version))
        yield Server({"PEER_ADDRESS": f"nats://{LOOPBACK}:{port}"}, {"nats-server": version})
    finally:
        await server.stop()
