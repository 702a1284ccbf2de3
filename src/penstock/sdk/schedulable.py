"""A lambda with the options under which it is scheduled."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Generic, NoReturn, ParamSpec, TypeVar

from penstock.sdk.call import Call, Kind
from penstock.sdk.connection import Connection
from penstock.sdk.handle import Handle
from penstock.sdk.parents import check_stored
from penstock.sdk.running import parent_id
from penstock.sdk.waiting import without_loop

P = ParamSpec("P")
R_co = TypeVar("R_co", covariant=True)

Encode = Callable[[tuple[Any, ...], dict[str, Any]], bytes]
"""Arguments to a payload; raises `WrongArguments` when they don't fit the lambda."""

_OTHER_WORDS: Final = frozenset(
    {"apply_async", "defer", "defer_async", "delay", "enqueue", "kiq", "s", "send", "send_with_options", "si"}
)


class Schedulable(Generic[P, R_co]):
    """Arguments are the lambda's own. Wrong ones raise `WrongArguments`, a `TypeError`, as calling it would; values
    that JSON cannot carry or that are too large raise `TypeError` or `InvalidInput`. A key that names another task's
    content raises `Conflict`; a platform that does not answer, `Unavailable`.
    """

    def __init__(self, connection: Connection, kind: Kind, encode: Encode) -> None:
        self._connection, self._kind, self._encode = connection, kind, encode

    async def schedule(self, *args: P.args, **kwargs: P.kwargs) -> Handle[R_co]:
        """Store a task. When this returns, it is on disk."""
        call = self.call(*args, **kwargs)
        if self._kind.options.parents:
            check_stored(self._kind.options.parents)
        stored = await self._connection.client().outbox.put(call)
        return Handle.of_call(self._connection, call, stored)

    def schedule_sync(self, *args: P.args, **kwargs: P.kwargs) -> Handle[R_co]:
        """`schedule` for code without an event loop."""
        return without_loop("schedule", self.schedule(*args, **kwargs))

    def call(self, *args: P.args, **kwargs: P.kwargs) -> Call[R_co]:
        """The call, to be handed to `app.schedule_many`; nothing is scheduled yet."""
        return Call(self._kind, self._encode(args, kwargs), parent_id())

    if not TYPE_CHECKING:  # a type checker shall see that these don't exist

        def __getattr__(self, name: str) -> NoReturn:
            problem = f"{self.__dict__.get('_kind', self)} has no {name!r}"
            if name in _OTHER_WORDS:
                lambda_name = self._kind.lambda_name
                problem = (
                    f"{lambda_name} has no .{name}(): write `await {lambda_name.partition('.')[2]}.schedule(...)`, "
                    "or .schedule_sync(...) without an event loop; delays and the like go to .options(...)"
                )
            raise AttributeError(problem, name=name, obj=self)
