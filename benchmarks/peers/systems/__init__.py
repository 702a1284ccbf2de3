"""One file for each system: how it is set up. The reasons and their sources: docs/decisions/0026-peers.md."""
