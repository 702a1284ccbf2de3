"""The configuration of the embedded nats-server: loopback, a token, JetStream with limits."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from penstock.adapters.embedded.folder import Folder

# A task's payload may be 1 MiB, and a message carries headers besides.
_PAYLOAD_BYTES_MAX = 4 * 1024 * 1024
_MEMORY_STORE_BYTES_MAX = 512 * 1024 * 1024
_FILE_STORE_BYTES_MAX = 8 * 1024 * 1024 * 1024


def config_text(folder: Folder, port: int, token: str, server_name: str) -> str:
    """Return the configuration file; JSON is valid there and quotes any path."""
    return json.dumps(
        {
            "server_name": server_name,
            "host": "127.0.0.1",
            "port": port,
            # Loopback is shared by all users of the machine.
            "authorization": {"token": token},
            "max_payload": _PAYLOAD_BYTES_MAX,
            "max_connections": 1000,
            "jetstream": {
                "store_dir": str(folder.nats_data),
                "max_memory_store": _MEMORY_STORE_BYTES_MAX,
                "max_file_store": _FILE_STORE_BYTES_MAX,
            },
        },
        indent=1,
        ensure_ascii=False,  # its dialect of JSON has no \u
    )
