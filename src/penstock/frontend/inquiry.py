"""What people ask about tasks: one, or a list by pages."""

from msgspec import structs

from penstock.frontend.calls import ListCall, TaskPage
from penstock.frontend.lambda_book import LambdaBook
from penstock.frontend.page_token import PageSeal
from penstock.model.attributes import check_attributes
from penstock.model.errors import InvalidInput, LimitExceeded, NotFound
from penstock.model.identity import TaskId, text_of
from penstock.model.lifecycle import Status
from penstock.model.limits import LIST_PAGE_DEFAULT, LIST_PAGE_MAX
from penstock.model.names import check_collection, check_lambda_name
from penstock.model.task import TaskView
from penstock.ports.search import Search, TaskFilter


class InquiryDesk:
    """`page_key`: at least 16 secret bytes, the same in all frontends that answer for each other."""

    def __init__(self, search: Search, book: LambdaBook, page_key: bytes) -> None:
        self._search = search
        self._book = book
        self._seal = PageSeal(page_key)

    async def get_task(
        self, namespace: str, task_id: TaskId, with_payload: bool = False, with_history: bool = False
    ) -> TaskView:
        """All about one task; raises `NotFound`, `Unavailable`."""
        namespace_id = await self._book.known_namespace_id(namespace)
        view = await self._search.task(namespace_id, task_id, with_payload, with_history)
        if view is None:
            raise NotFound(f"no task {text_of(task_id)} in this namespace")
        return view

    async def list_tasks(self, call: ListCall) -> TaskPage:
        """One page, the newest first; raises `InvalidInput`, `Unavailable`."""
        namespace_id = await self._book.known_namespace_id(call.namespace)
        wanted = structs.replace(_filter_of(call), namespace_id=namespace_id)
        limit = _page_size_of(call)
        before = self._seal.last(wanted, call.page_token) if call.page_token else None
        views = await self._search.tasks(wanted, before, limit + 1)  # one more tells whether a page follows
        page = views[:limit]
        return TaskPage(page, self._seal.token(wanted, page[-1].id) if len(views) > limit else "")


def _filter_of(call: ListCall) -> TaskFilter:
    if call.lambda_name:
        check_lambda_name(call.lambda_name)
    for field, time_us in (("from_us", call.from_us), ("until_us", call.until_us)):
        if time_us < 0:
            raise InvalidInput(field, f"{time_us} is before 1970")
    if call.until_us and call.until_us < call.from_us:
        raise InvalidInput("until_us", "is before from_us")
    return TaskFilter(
        namespace_id=0,
        lambda_name=call.lambda_name,
        collection=check_collection(call.collection),
        statuses=tuple(sorted({_status_of(number) for number in call.statuses})),
        from_us=call.from_us,
        until_us=call.until_us,
        attributes=check_attributes(dict(call.attributes)),
    )


def _status_of(number: int) -> Status:
    try:
        return Status(number)
    except ValueError:
        raise InvalidInput("statuses", f"{number} is none") from None


def _page_size_of(call: ListCall) -> int:
    if not 0 <= call.page_size <= LIST_PAGE_MAX:
        raise LimitExceeded("page_size", f"{call.page_size} is outside of 1 to {LIST_PAGE_MAX}")
    return call.page_size or LIST_PAGE_DEFAULT
