"""Tokens as a server knows them: read from the store, trusted for a few seconds, so that no call waits for a trip."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

from msgspec import Struct

from penstock.flow.pump import Pump
from penstock.model.access import Caller, role_of
from penstock.model.access_token import KeptToken, Presented, presented
from penstock.model.errors import InvalidInput, NotAuthenticated, PenstockError
from penstock.ports.access_tokens import AccessTokens

log = logging.getLogger(__name__)

TRUSTED_S: Final = 5.0
"""A revoked token is good for no longer than this, and no open stream outlives it by more."""
FRESH_S: Final = TRUSTED_S / 2
"""Older than this it is read again while it is still trusted: who calls often never waits."""
USED_EVERY_S: Final = 3600.0
NOTES_MAX: Final = 10_000
_LOOKS_MAX: Final = 1_000


class _Note(Struct):
    """What the store said of an id. Times by the loop's clock; `asked_s` is from before it was asked."""

    kept: KeptToken | None
    asked_s: float
    good_until_s: float
    caller: Caller | None = None
    is_read_again: bool = False
    use_is_told: bool = False


class TokenBook:
    """On one loop. `stop` ends what runs in the background."""

    def __init__(self, tokens: AccessTokens) -> None:
        self._tokens = tokens
        self._notes: dict[str, _Note] = {}
        self._looks: Pump[str, _Note] = Pump(self._look, rows_max=_LOOKS_MAX, in_flight_max=1)
        self._background: set[asyncio.Task[None]] = set()

    async def caller(self, text: str, trusted_s: float = TRUSTED_S) -> Caller:
        """Who shows this token; raises `NotAuthenticated`, and `Unavailable` while nobody can say.

        What was read longer ago than `trusted_s` is read again first.
        """
        shown = presented(text)
        note = await self._note(shown.id, trusted_s)
        shown.check(note.kept)
        assert note.kept is not None
        self._tell_use(note, note.kept)
        if note.caller is None:
            note.caller = _caller(shown, note.kept)
        return note.caller

    async def stop(self) -> None:
        """Read nothing again."""
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)

    async def _note(self, token_id: str, trusted_s: float) -> _Note:
        note, now_s = self._notes.get(token_id), asyncio.get_running_loop().time()
        if note is None or now_s - note.asked_s >= trusted_s or now_s >= note.good_until_s:
            [note] = await self._looks.carry([token_id])
        elif now_s - note.asked_s >= FRESH_S and not note.is_read_again:
            note.is_read_again = True
            self._start(lambda: self._read_again(token_id, note))
        return note

    async def _look(self, ids: list[str]) -> list[_Note]:
        asked_s = asyncio.get_running_loop().time()
        found = await self._tokens.find(sorted(set(ids)))
        if len(self._notes) > NOTES_MAX:  # only somebody who guesses ids makes so many
            self._notes = {token_id: note for token_id, note in self._notes.items() if note.kept is not None}
        for token_id in ids:
            self._notes[token_id] = _noted(found.get(token_id), asked_s)
        return [self._notes[token_id] for token_id in ids]

    async def _read_again(self, token_id: str, note: _Note) -> None:
        try:
            await self._looks.carry([token_id])
        finally:
            note.is_read_again = False

    def _tell_use(self, note: _Note, kept: KeptToken) -> None:
        told_us = kept.token.last_used_at_us
        if not note.use_is_told and kept.read_at_us - told_us > USED_EVERY_S * 1_000_000:
            note.use_is_told = True
            self._start(lambda: self._tokens.used([kept.token.id], USED_EVERY_S))

    def _start(self, work: Callable[[], Awaitable[None]]) -> None:
        task = asyncio.get_running_loop().create_task(_quietly(work))
        self._background.add(task)
        task.add_done_callback(self._background.discard)


@asynccontextmanager
async def token_book(tokens: AccessTokens) -> AsyncIterator[TokenBook]:
    """A book, until the context ends."""
    book = TokenBook(tokens)
    try:
        yield book
    finally:
        await book.stop()


def _noted(kept: KeptToken | None, asked_s: float) -> _Note:
    good_for_us = kept.good_for_us if kept is not None else None
    return _Note(kept, asked_s, float("inf") if not good_for_us else asked_s + good_for_us / 1_000_000)


def _caller(shown: Presented, kept: KeptToken) -> Caller:
    token = kept.token
    try:
        return Caller(shown.id, token.name, role_of(token.role), token.namespaces)
    except InvalidInput:
        raise NotAuthenticated(
            f"the token {token.name} ({shown.id}) has a role that this release does not know: {token.role[:40]!r}"
        ) from None


async def _quietly(work: Callable[[], Awaitable[None]]) -> None:
    """The next call asks again and is told."""
    try:
        await work()
    except PenstockError as error:
        log.debug("tokens: %s", error)
