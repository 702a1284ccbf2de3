"""How the embedded PostgreSQL is tuned: safe first, and at home on a small machine."""

from __future__ import annotations

# A database may not be told to forget what it has acknowledged: these stand on the command line, where
# neither a file nor ALTER SYSTEM reaches them.
SAFETY = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}

TUNING = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "min_wal_size": "512MB",
    "checkpoint_completion_target": "0.9",
    "autovacuum": "on",
    "autovacuum_naptime": "10s",
    "jit": "off",  # the statements are short; compiling one costs more than running it
    "logging_collector": "off",  # the log is our file already
    "log_line_prefix": "'%m [%p] '",
    "lc_messages": "'C'",  # the end of the log is read for its reason
    "timezone": "'UTC'",
}

FILE = "penstock.conf"


def file_text(*, with_lz4: bool) -> str:
    """Return the settings file, which is written anew at every start."""
    tuning = TUNING | ({"wal_compression": "lz4"} if with_lz4 else {})
    lines = [f"{name} = {value}" for name, value in tuning.items()]
    return "\n".join(["# Written at every start: changes belong into postgresql.auto.conf.", *lines, ""])


def safety_arguments() -> list[str]:
    """Return the settings that are given on the command line."""
    return [argument for name, value in SAFETY.items() for argument in ("-c", f"{name}={value}")]
