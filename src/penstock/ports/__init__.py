"""The sockets between layers and adapters: small protocols whose docstrings state the duties."""
