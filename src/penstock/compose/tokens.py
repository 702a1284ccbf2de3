"""The desk for tokens, directly on the store: for the first token, when nobody has one to show."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from penstock.adapters.postgres import PostgresStore
from penstock.frontend.tokens import TokenDesk
from penstock.settings import Settings


@asynccontextmanager
async def open_token_desk(settings: Settings) -> AsyncIterator[TokenDesk]:
    """Who may write to the store may make tokens. Raises `InvalidInput` and `Unavailable` as the store does."""
    store = PostgresStore.connect(settings.postgres_url, prepared_statements=settings.prepared_statements)
    async with store as open_store:
        yield TokenDesk(open_store.access_tokens, secrets.token_bytes)
