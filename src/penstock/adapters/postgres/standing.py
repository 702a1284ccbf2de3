"""What stands already of some calls: their tokens, the keys of their tasks, their ids."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct, structs

from penstock.adapters.postgres.codecs import microseconds
from penstock.adapters.postgres.pools import Connection
from penstock.adapters.postgres.statements import statement
from penstock.model.identity import TaskId
from penstock.model.limits import TOKEN_LIFE_S
from penstock.model.task import NewTask
from penstock.ports.admission import AdmitReply, AdmitRequest

_RESERVE_TOKENS: Final = statement("reserve_tokens")
_STANDING_TOKENS: Final = statement("standing_tokens")
_RESERVE_KEYS: Final = statement("reserve_keys")
_STANDING_KEYS: Final = statement("standing_keys")
_STANDING_IDS: Final = statement("standing_ids")
_TOKEN_LIFE_US: Final = microseconds(TOKEN_LIFE_S)

Token = tuple[int, bytes]
Key = tuple[int, str]


class Verdicts(Struct, frozen=True):
    """A reply for each call, and the calls with only what is left to be stored, their tokens taken."""

    replies: list[AdmitReply]
    remaining: list[AdmitRequest]


async def judge(connection: Connection, requests: Sequence[AdmitRequest], look_for_ids: bool) -> Verdicts:
    """Take the tokens and keys of the calls, in this order for everybody. The rest of the transaction must store."""
    repeats = await _repeats(connection, requests)
    fresh = [request for request, repeat in zip(requests, repeats, strict=True) if repeat is None]
    await _reserve_keys(connection, fresh)
    named = await _standing_keys(connection, requests)
    standing = await _standing_ids(connection, fresh) if look_for_ids else frozenset()
    verdicts = Verdicts([], [])
    for request, repeat in zip(requests, repeats, strict=True):
        existing, conflicts, rest = _sort_out(request, named, fresh=repeat is None)
        if repeat is None:
            verdicts.replies.append(AdmitReply(existing=existing, conflicts=conflicts))
            left = [task for task in rest if task.id not in standing]
            verdicts.remaining.append(structs.replace(request, tasks=left, token=b""))
        elif repeat.token_conflict:
            verdicts.replies.append(repeat)
        else:
            verdicts.replies.append(structs.replace(repeat, existing=existing, conflicts=conflicts))
    return verdicts


async def _repeats(connection: Connection, requests: Sequence[AdmitRequest]) -> list[AdmitReply | None]:
    """A reply for each call whose token stood, or came earlier in the same trip."""
    first: dict[Token, AdmitRequest] = {}
    for request in requests:
        if request.token:
            first.setdefault((request.namespace_id, request.token), request)
    if not first:
        return [None] * len(requests)
    taken = {
        (row[0], row[1])
        for row in await connection.fetch(
            _RESERVE_TOKENS,
            [namespace for namespace, _ in first],
            [token for _, token in first],
            [request.minted_at_ms for request in first.values()],
            [request.content_hash for request in first.values()],
            _TOKEN_LIFE_US,
        )
    }
    stood = {token: (row.minted_at_ms, row.content_hash) for token, row in first.items()}
    rest = [token for token in first if token not in taken]
    if rest:
        rows = await connection.fetch(_STANDING_TOKENS, [n for n, _ in rest], [t for _, t in rest])
        stood |= {(namespace, token): (minted, content) for namespace, token, minted, content in rows}
    replies: list[AdmitReply | None] = []
    for request in requests:
        token = (request.namespace_id, request.token)
        if not request.token or (token in taken and first[token] is request):
            replies.append(None)
        elif stood[token][1] == request.content_hash:
            replies.append(AdmitReply(repeat_of_minted_at_ms=stood[token][0]))
        else:
            replies.append(AdmitReply(token_conflict=True))
    return replies


async def _reserve_keys(connection: Connection, requests: Sequence[AdmitRequest]) -> None:
    """The first task of a key in this trip takes it, if it is free or expired."""
    first: dict[Key, NewTask] = {}
    for request in requests:
        for task in request.tasks:
            if task.key:
                first.setdefault((request.namespace_id, task.key), task)
    if first:
        await connection.execute(
            _RESERVE_KEYS,
            [namespace for namespace, _ in first],
            [key for _, key in first],
            [task.id for task in first.values()],
            [task.key_life_s for task in first.values()],
            [task.content_hash for task in first.values()],
        )


async def _standing_keys(connection: Connection, requests: Sequence[AdmitRequest]) -> dict[Key, tuple[TaskId, bytes]]:
    """Key -> the task it names now, and the hash of its content."""
    keys = sorted({(request.namespace_id, task.key) for request in requests for task in request.tasks if task.key})
    if not keys:
        return {}
    rows = await connection.fetch(_STANDING_KEYS, [namespace for namespace, _ in keys], [key for _, key in keys])
    return {(namespace, key): (task_id, content) for namespace, key, task_id, content in rows}


async def _standing_ids(connection: Connection, requests: Sequence[AdmitRequest]) -> frozenset[TaskId]:
    ids = [task.id for request in requests for task in request.tasks]
    if not ids:
        return frozenset()
    return frozenset(row[0] for row in await connection.fetch(_STANDING_IDS, ids, min(ids), max(ids)))


def _sort_out(
    request: AdmitRequest, named: dict[Key, tuple[TaskId, bytes]], fresh: bool
) -> tuple[dict[int, TaskId], dict[int, TaskId], list[NewTask]]:
    """Existing and conflicting tasks by position, and what is left. In a repeat, keys name its own first tasks, too."""
    existing, conflicts, rest = {}, {}, []
    for position, task in enumerate(request.tasks):
        stands = named.get((request.namespace_id, task.key)) if task.key else None
        if fresh and (stands is None or stands[0] == task.id):
            rest.append(task)
        elif stands is not None and stands[1] == task.content_hash:
            existing[position] = stands[0]
        elif stands is not None:
            conflicts[position] = stands[0]
    return existing, conflicts, rest
