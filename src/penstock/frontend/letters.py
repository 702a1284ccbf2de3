"""Dead letters at the door: what there is, and how much of which kind."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from penstock.frontend.calls import TaskPage
from penstock.frontend.lambda_book import LambdaBook
from penstock.frontend.letter_filter import check_filter
from penstock.frontend.page_token import PageSeal
from penstock.model.errors import LimitExceeded
from penstock.model.limits import LIST_PAGE_DEFAULT, LIST_PAGE_MAX
from penstock.model.sweep import DeadLetterFilter, DeadLetterGroup
from penstock.ports.dead_letters import DeadLetters

GROUPS_MAX: Final = 1_000


class _Listing(Struct, frozen=True):
    """What a page token is good for."""

    namespace_id: int
    wanted: DeadLetterFilter


class LetterDesk:
    """`page_key`: see `InquiryDesk`. Its methods raise `InvalidInput`, `NotFound` and `Unavailable`."""

    def __init__(self, letters: DeadLetters, book: LambdaBook, page_key: bytes) -> None:
        self._letters = letters
        self._book = book
        self._seal = PageSeal(page_key)

    async def groups(self, namespace: str, wanted: DeadLetterFilter) -> Sequence[DeadLetterGroup]:
        """How many there are of each kind: the preview of a sweep."""
        namespace_id = await self._book.known_namespace_id(namespace)
        return await self._letters.groups(namespace_id, check_filter(wanted), GROUPS_MAX)

    async def letters(self, namespace: str, wanted: DeadLetterFilter, page_size: int, page_token: str) -> TaskPage:
        """One page, the newest tasks first."""
        namespace_id = await self._book.known_namespace_id(namespace)
        listing = _Listing(namespace_id, check_filter(wanted))
        if not 0 <= page_size <= LIST_PAGE_MAX:
            raise LimitExceeded("page_size", f"{page_size} is outside of 1 to {LIST_PAGE_MAX}")
        limit = page_size or LIST_PAGE_DEFAULT
        before = self._seal.last(listing, page_token) if page_token else None
        views = await self._letters.letters(namespace_id, wanted, before, limit + 1)
        page = views[:limit]
        return TaskPage(page, self._seal.token(listing, page[-1].id) if len(views) > limit else "")
