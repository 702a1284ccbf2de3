"""Admission in memory: keys, tokens, and whether a task goes straight into its lane."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from msgspec import structs

from penstock.adapters.memory.cluster import MemoryCluster
from penstock.adapters.memory.families import begin, known_ends, latest_family, make_again, place_again
from penstock.adapters.memory.rows import KeyRow, TaskRow, TokenRow
from penstock.adapters.memory.trip import Trip
from penstock.model.errors import InvalidInput, NotFound, NotPossible
from penstock.model.family import Place, refuse_condemned
from penstock.model.identity import TaskId
from penstock.model.lane import LambdaId, LaneId, lambda_of
from penstock.model.lifecycle import GateState, Status
from penstock.model.limits import GATE_LOOK_S, OVERTAKING_S_MAX, PARENTS_LOOK_S, TOKEN_LIFE_S
from penstock.model.task import NewTask, Trigger
from penstock.ports.admission import AdmitReply, AdmitRequest, Admitted, Retried

HELD_LOOK_S: Final = 30.0
_OVERTAKING_US_MAX: Final = round(OVERTAKING_S_MAX * 1_000_000)


class MemoryAdmission:
    """`Admission` over a `MemoryCluster`."""

    def __init__(self, cluster: MemoryCluster, trip: Trip, enqueue_timeout_s: float) -> None:
        self._cluster = cluster
        self._trip = trip
        self._enqueue_timeout_us = round(enqueue_timeout_s * 1_000_000)

    async def admit(self, requests: Sequence[AdmitRequest], room: Mapping[LaneId, int]) -> Admitted:
        return await self._trip("admission.admit", lambda: self._admit(requests, room))

    async def retry(self, namespace_id: int, original: TaskId, new_id: TaskId) -> Retried:
        return await self._trip("admission.retry", lambda: self._retry(namespace_id, original, new_id))

    def _admit(self, requests: Sequence[AdmitRequest], room: Mapping[LaneId, int]) -> Admitted:
        for request in requests:
            for task in request.tasks:
                _refuse_what_no_store_keeps(task)
        now_us = self._cluster.now_us()
        lanes = {task.lane for request in requests for task in request.tasks}
        open_lanes = frozenset(lane for lane in lanes if room.get(lane, 0) > 0 and self._is_idle(lane, now_us))
        replies = [self._admit_call(request, open_lanes, now_us) for request in requests]
        return Admitted(replies=replies, open_lanes=open_lanes, stored_at_us=now_us, shut=self._shut(lanes))

    def _shut(self, lanes: Iterable[LaneId]) -> frozenset[tuple[LambdaId, str]]:
        lambda_ids = {lambda_of(lane) for lane in lanes}
        return frozenset(
            place
            for place in self._cluster.gates
            if place[0] in lambda_ids and self._cluster.gate_state(*place) is not GateState.OPEN
        )

    def _is_idle(self, lane: LaneId, now_us: int) -> bool:
        return not self._cluster.due(lane).upcoming(now_us - _OVERTAKING_US_MAX, 1, _any_id)

    def _admit_call(self, request: AdmitRequest, open_lanes: frozenset[LaneId], now_us: int) -> AdmitReply:
        repeat = self._used_token(request, now_us) if request.token else None
        if repeat is not None:
            return repeat
        existing: dict[int, TaskId] = {}
        conflicts: dict[int, TaskId] = {}
        to_store: dict[int, NewTask] = {}
        for position, task in enumerate(request.tasks):
            if task.id in self._cluster.tasks:
                continue
            named = self._reserve_key(request.namespace_id, task, now_us) if task.key else None
            if named is None:
                to_store[position] = task
            elif named.content_hash == task.content_hash:
                existing[position] = named.task_id
            else:
                conflicts[position] = named.task_id
        if conflicts and any(task.family for task in request.tasks):
            self._release_keys(request.namespace_id, to_store.values())
            to_store = {}
        held = self._write_all(request, to_store, existing, open_lanes, now_us)
        return AdmitReply(existing=existing, conflicts=conflicts, held=held)

    def _release_keys(self, namespace_id: int, tasks: Iterable[NewTask]) -> None:
        for task in tasks:
            if task.key:
                del self._cluster.keys[namespace_id, task.key]

    def _write_all(
        self,
        request: AdmitRequest,
        to_store: Mapping[int, NewTask],
        existing: Mapping[int, TaskId],
        open_lanes: frozenset[LaneId],
        now_us: int,
    ) -> frozenset[int]:
        """Answers the positions of children that are held. Siblings first, for they may stand behind their children."""
        for task in to_store.values():
            if task.family is None:
                self._write(request.namespace_id, task, open_lanes, now_us)
        first = {request.tasks[position].id: task_id for position, task_id in existing.items()}
        children = {at: task for at, task in to_store.items() if task.family is not None}
        siblings = {task.id for task in children.values()}
        places: dict[int, Place] = {}
        for position, task in children.items():
            assert task.family is not None
            parents = tuple(dict.fromkeys(first.get(parent, parent) for parent in task.family.parents))
            family = structs.replace(task.family, parents=parents)
            places[position] = begin(self._cluster, family, siblings)
            children[position] = structs.replace(task, family=family)
        for position, task in children.items():
            self._write(request.namespace_id, task, open_lanes, now_us, places[position].held_for)
        return frozenset(position for position, stands in places.items() if stands.held_for)

    def _used_token(self, request: AdmitRequest, now_us: int) -> AdmitReply | None:
        place = (request.namespace_id, request.token)
        stands = self._cluster.tokens.get(place)
        if stands is None or stands.expires_at_us <= now_us:
            self._cluster.tokens[place] = TokenRow(
                request.minted_at_ms, request.content_hash, now_us + TOKEN_LIFE_S * 1_000_000
            )
            return None
        if stands.content_hash != request.content_hash:
            return AdmitReply(token_conflict=True)
        existing, conflicts = self._named_by_keys(request, now_us)
        return AdmitReply(stands.minted_at_ms, existing=existing, conflicts=conflicts)

    def _named_by_keys(self, request: AdmitRequest, now_us: int) -> tuple[dict[int, TaskId], dict[int, TaskId]]:
        existing: dict[int, TaskId] = {}
        conflicts: dict[int, TaskId] = {}
        for position, task in enumerate(request.tasks):
            named = self._standing_key(request.namespace_id, task.key, now_us) if task.key else None
            if named is not None:
                into = existing if named.content_hash == task.content_hash else conflicts
                into[position] = named.task_id
        return existing, conflicts

    def _reserve_key(self, namespace_id: int, task: NewTask, now_us: int) -> KeyRow | None:
        """The row of a key that stands; None when the key is this task's from now on."""
        stands = self._standing_key(namespace_id, task.key, now_us)
        if stands is not None:
            return stands
        place = (namespace_id, task.key)
        self._cluster.keys[place] = KeyRow(task.id, task.content_hash, now_us + task.key_life_s * 1_000_000)
        return None

    def _standing_key(self, namespace_id: int, key: str, now_us: int) -> KeyRow | None:
        stands = self._cluster.keys.get((namespace_id, key))
        return stands if stands is not None and stands.expires_at_us > now_us else None

    def _write(
        self, namespace_id: int, task: NewTask, open_lanes: frozenset[LaneId], now_us: int, for_parents: str = ""
    ) -> None:
        scheduled_at_us = max(task.due_at_us, now_us) if task.due_at_us else now_us + task.delay_us
        self._cluster.tasks[task.id] = TaskRow(
            id=task.id,
            namespace_id=namespace_id,
            lane=task.lane,
            payload=task.payload,
            collection=task.collection,
            scheduled_at_us=scheduled_at_us,
            parent_id=task.parent_id,
            retry_of=task.retry_of,
            attributes=task.attributes,
            family=task.family,
        )
        self._cluster.adopt(self._cluster.tasks[task.id])
        status, trigger_at_us, held_for = Status.NEW, scheduled_at_us, for_parents or task.held_for
        if scheduled_at_us <= now_us and not held_for and task.retry_of is None:
            held_for = self._cluster.stopped_by(task.id)
        if for_parents:
            status, trigger_at_us = Status.HELD, now_us + PARENTS_LOOK_S * 1_000_000
        elif held_for and not task.held_for:
            status, trigger_at_us = Status.HELD, now_us + GATE_LOOK_S * 1_000_000
        elif task.held_for:
            status, trigger_at_us = Status.HELD, now_us + round(HELD_LOOK_S * 1_000_000)
        elif scheduled_at_us <= now_us and task.lane in open_lanes:
            status, trigger_at_us = Status.ENQUEUED, now_us + self._enqueue_timeout_us
        self._cluster.put(Trigger(task.id, task.lane, status, trigger_at_us, held_for=held_for))

    def _retry(self, namespace_id: int, original: TaskId, new_id: TaskId) -> Retried:
        first = self._cluster.tasks.get(original)
        if first is None or first.namespace_id != namespace_id:
            raise NotFound("no task with this id")
        if first.retried_as is not None:
            return Retried(first.retried_as, first.lane, existed=True)
        if original in self._cluster.live:
            raise NotPossible("the task has not ended")
        if first.family is not None:
            ended = known_ends(self._cluster, latest_family(self._cluster, first.family))
            ended = {each: status for each, status in ended.items() if each not in self._cluster.live}
            refuse_condemned(original, place_again(self._cluster, first), ended)
        make_again(self._cluster, original, new_id)
        return Retried(new_id, first.lane, existed=False)


def _any_id(_: TaskId) -> bool:
    return True


def _refuse_what_no_store_keeps(task: NewTask) -> None:
    """PostgreSQL keeps no NUL in a text, and UTF-8 has no surrogates: the twin refuses the same."""
    for field, text in (("collection", task.collection), ("key", task.key), ("held_for", task.held_for)):
        if "\x00" in text or any(0xD800 <= ord(character) <= 0xDFFF for character in text):
            raise InvalidInput(field, "holds a NUL or a lone surrogate, which no store can keep")
