"""One codec between the model and protobuf for what passes between orchestrators and executors."""

import math
from collections.abc import Collection, Iterable, Sequence

from penstock.model.errors import InvalidInput
from penstock.model.identity import id_of_bytes, split_ids
from penstock.model.kept_text import kept_end, kept_start
from penstock.model.lane import Priority
from penstock.model.limits import (
    CLAIM_MAX,
    ERROR_MESSAGE_BYTES_MAX,
    ERROR_TYPE_BYTES_MAX,
    EXECUTOR_BYTES_MAX,
    LAMBDAS_PER_WORKER_MAX,
    RUN_US_MAX,
    TRACEBACK_BYTES_MAX,
)
from penstock.model.names import check_lambda_name, check_namespace
from penstock.model.task import NO_FAILURE, ClaimKey, Failure, Report
from penstock.model.work import Assignment, Beat, GateNews, HeartbeatAnswer, Hello, Settled, WorkMessage
from penstock.wire.delivery_codec import deliveries_to_wire, handed_over
from penstock.wire.endings import TO_WIRE, event_of
from penstock.wire.progress_codec import progress_to_wire, said_from_wire
from penstock.wire.v1 import penstock_pb2 as pb

RETRY_DELAY_S_MAX = 366 * 86_400
_PRIORITIES = {priority.value: priority for priority in Priority}


def hello_to_wire(hello: Hello) -> pb.Hello:
    """Fields by the same names."""
    return pb.Hello(
        executor=hello.executor,
        namespace=hello.namespace,
        lambdas=hello.lambdas,
        version=hello.version,
        locality=hello.locality,
        quarantine=hello.quarantine,
    )


def hello_from_wire(hello: pb.Hello) -> Hello:
    """Checked; raises `InvalidInput`."""
    if not hello.lambdas:
        raise InvalidInput("hello.lambdas", "is empty; name the lambdas that you serve")
    if len(hello.lambdas) > LAMBDAS_PER_WORKER_MAX:
        raise InvalidInput("hello.lambdas", f"has {len(hello.lambdas)}; the limit is {LAMBDAS_PER_WORKER_MAX}")
    return Hello(
        executor=hello.executor[:200],
        namespace=check_namespace(hello.namespace),
        lambdas=tuple(dict.fromkeys(check_lambda_name(name, "hello.lambdas") for name in hello.lambdas)),
        version=hello.version[:200],
        locality=hello.locality[:200],
        quarantine=hello.quarantine,
    )


def message_to_wire(message: WorkMessage, position: dict[str, int]) -> pb.WorkReply:
    """`position`: where each lambda stands in `Hello.lambdas`."""
    reply = pb.WorkReply(
        quarantine_wanted=message.quarantine_wanted,
        lease_s=message.lease_s,
        heartbeat_s=message.heartbeat_s,
        takes_results=message.takes_results,
    )
    for each in message.settled:
        reply.settled.add(
            number=each.number, refused=b"".join(each.refused), problem=each.problem, repeatable=each.repeatable
        )
    for key in message.cancels:
        reply.cancels.add(task_id=key.id, claim=key.claim)
    tasks = message.assignments
    if tasks:
        reply.assignments.CopyFrom(
            pb.Assignments(
                stamp_us=message.stamp_us,
                checked_us=message.checked_us,
                task_ids=b"".join([task.id for task in tasks]),
                claims=[task.claim for task in tasks],
                **{"lambda": [position[task.lambda_name] for task in tasks]},
                payloads=[task.payload for task in tasks],
                attempts=[task.tries for task in tasks],
                scheduled_at_us=[task.scheduled_at_us for task in tasks],
                collections=[task.collection for task in tasks],
                priorities=[task.priority for task in tasks],
                deliveries=deliveries_to_wire(tasks),
            )
        )
    if message.gates is not None:
        shut = sorted(message.gates.shut)
        reply.gates.checked_us = message.gates.checked_us
        getattr(reply.gates, "lambda").extend([position[name] for name, _ in shut])
        reply.gates.collections.extend([collection for _, collection in shut])
    return reply


def message_from_wire(reply: pb.WorkReply, lambdas: Sequence[str]) -> WorkMessage:
    """`lambdas`: as they stood in the hello. Trusts the server for equal column lengths."""
    batch = reply.assignments
    rows = zip(
        split_ids(batch.task_ids),
        batch.claims,
        getattr(batch, "lambda"),
        batch.payloads,
        batch.attempts,
        batch.scheduled_at_us,
        batch.collections,
        batch.priorities,
        strict=True,
    )
    if not batch.HasField("deliveries"):
        assignments = [
            Assignment(task_id, claim, lambdas[index], payload, tries, scheduled, collection, _PRIORITIES[priority])
            for task_id, claim, index, payload, tries, scheduled, collection, priority in rows
        ]
    else:
        assignments = [
            Assignment(
                task_id, claim, lambdas[index], payload, tries, scheduled, collection, _PRIORITIES[priority], *handed
            )
            for (task_id, claim, index, payload, tries, scheduled, collection, priority), handed in zip(
                rows, handed_over(batch.deliveries, len(batch.claims)), strict=True
            )
        ]
    return WorkMessage(
        assignments=assignments,
        stamp_us=batch.stamp_us,
        checked_us=batch.checked_us,
        gates=_gates(reply.gates, lambdas) if reply.HasField("gates") else None,
        cancels=[ClaimKey(id_of_bytes(key.task_id), key.claim) for key in reply.cancels],
        quarantine_wanted=list(reply.quarantine_wanted),
        lease_s=reply.lease_s,
        heartbeat_s=reply.heartbeat_s,
        takes_results=reply.takes_results,
        settled=[
            Settled(each.number, split_ids(each.refused), each.problem, each.repeatable) for each in reply.settled
        ],
    )


def _gates(news: pb.GateNews, lambdas: Sequence[str]) -> GateNews:
    names = [lambdas[index] for index in getattr(news, "lambda")]
    return GateNews(news.checked_us, frozenset(zip(names, news.collections, strict=True)))


def beats_to_wire(executor: str, beats: Sequence[Beat], namespace: str = "") -> pb.HeartbeatRequest:
    """Columns of equal length."""
    return pb.HeartbeatRequest(
        executor=executor,
        namespace=namespace,
        task_ids=b"".join([beat.id for beat in beats]),
        claims=[beat.claim for beat in beats],
        started=[beat.started for beat in beats],
        run_us=[beat.run_us for beat in beats],
        progress={n: progress_to_wire(beat.progress) for n, beat in enumerate(beats) if beat.progress is not None},
    )


def beats_from_wire(request: pb.HeartbeatRequest, namespace_id: int | None = None) -> list[Beat]:
    """Checked; raises `InvalidInput` on columns of unequal length. `namespace_id`: whose worker says it."""
    ids = split_ids(request.task_ids)
    run_us = request.run_us or [0] * len(ids)
    _same_length(len(ids), claims=len(request.claims), started=len(request.started), run_us=len(run_us))
    _none_over(CLAIM_MAX, claims=request.claims)
    _none_over(RUN_US_MAX, run_us=request.run_us)
    executor = kept_start(request.executor, EXECUTOR_BYTES_MAX)
    said = {position: said_from_wire(progress) for position, progress in request.progress.items()}
    if any(position >= len(ids) for position in said):
        raise InvalidInput("progress", f"{max(said)} is no position among {len(ids)} claims")
    return [
        Beat(*row, executor, namespace_id, said.get(position))
        for position, row in enumerate(zip(ids, request.claims, request.started, run_us, strict=True))
    ]


def answer_to_wire(answer: HeartbeatAnswer) -> pb.HeartbeatReply:
    """Ids in columns."""
    return pb.HeartbeatReply(
        refused=b"".join(sorted(answer.refused)), cancel_requested=b"".join(sorted(answer.cancel_requested))
    )


def answer_from_wire(reply: pb.HeartbeatReply) -> HeartbeatAnswer:
    """Ids in columns."""
    return HeartbeatAnswer(frozenset(split_ids(reply.refused)), frozenset(split_ids(reply.cancel_requested)))


def reports_to_wire(executor: str, reports: Sequence[Report], namespace: str = "") -> pb.SetResultsRequest:
    """Columns; errors and delays by position, because most reports have none."""
    request = pb.SetResultsRequest(
        executor=executor,
        namespace=namespace,
        task_ids=b"".join([report.id for report in reports]),
        claims=[report.claim for report in reports],
        endings=[TO_WIRE[report.ending] for report in reports],
        results=[report.result for report in reports],
        run_us=[report.run_us for report in reports],
        results_left_out=[at for at, report in enumerate(reports) if report.result_left_out],
    )
    uptos = [report.upto for report in reports]
    if any(uptos):
        request.upto.extend(uptos)
    for at, report in enumerate(reports):
        if report.failure is not NO_FAILURE and report.failure != NO_FAILURE:
            failure = report.failure
            request.errors[at].type = failure.type
            request.errors[at].message = failure.message
            request.errors[at].traceback = failure.traceback
        if report.retry_delay_s is not None:
            request.retry_delay_s[at] = report.retry_delay_s
        if report.failed_at:
            request.failed_at[at] = report.failed_at
    return request


def reports_from_wire(request: pb.SetResultsRequest, namespace_id: int | None = None) -> list[Report]:
    """Checked; raises `InvalidInput`. `namespace_id`: whose worker says it."""
    ids = split_ids(request.task_ids)
    uptos = request.upto or [0] * len(ids)
    _same_length(
        len(ids),
        claims=len(request.claims),
        endings=len(request.endings),
        results=len(request.results),
        run_us=len(request.run_us),
        upto=len(uptos),
    )
    _none_over(CLAIM_MAX, claims=request.claims)
    _none_over(RUN_US_MAX, run_us=request.run_us)
    _within_rows(
        len(ids),
        errors=request.errors,
        retry_delay_s=request.retry_delay_s,
        results_left_out=request.results_left_out,
        failed_at=request.failed_at,
    )
    _are_sequences(upto=request.upto, failed_at=request.failed_at.values())
    executor = kept_start(request.executor, EXECUTOR_BYTES_MAX)
    left_out = frozenset(request.results_left_out)
    errors = {at: _failure(error) for at, error in request.errors.items()}
    delays = {at: _delay(seconds) for at, seconds in request.retry_delay_s.items()}
    failed = dict(request.failed_at)
    return [
        Report(
            task_id,
            claim,
            event_of(ending),
            result,
            at in left_out,
            run_us,
            errors.get(at, NO_FAILURE),
            delays.get(at),
            executor,
            namespace_id,
            upto,
            failed.get(at, 0),
        )
        for at, (task_id, claim, ending, result, run_us, upto) in enumerate(
            zip(ids, request.claims, request.endings, request.results, request.run_us, uptos, strict=True)
        )
    ]


def _failure(error: pb.ResultError) -> Failure:
    """As much of it as is kept: one worker's long or broken text must not fail the trip that others share."""
    return Failure(
        kept_start(error.type, ERROR_TYPE_BYTES_MAX),
        kept_start(error.message, ERROR_MESSAGE_BYTES_MAX),
        kept_end(error.traceback, TRACEBACK_BYTES_MAX),
    )


def _delay(seconds: float) -> float:
    if not math.isfinite(seconds) or not 0 <= seconds <= RETRY_DELAY_S_MAX:
        raise InvalidInput("retry_delay_s", f"{seconds} is outside of 0 to {RETRY_DELAY_S_MAX}")
    return seconds


def _same_length(rows: int, **columns: int) -> None:
    for name, length in columns.items():
        if length != rows:
            raise InvalidInput(name, f"has {length} values for {rows} ids")


def _none_over(limit: int, **columns: Sequence[int]) -> None:
    for name, values in columns.items():
        if values and max(values) > limit:
            raise InvalidInput(name, f"{max(values)} is over {limit}")


def _are_sequences(**columns: Collection[int]) -> None:
    for name, values in columns.items():
        if values and min(values) < 0:
            raise InvalidInput(name, f"{min(values)} is no sequence; echo what came with the delivery")


def _within_rows(rows: int, **positions: Iterable[int]) -> None:
    for name, column in positions.items():
        if (last := max(column, default=-1)) >= rows:
            raise InvalidInput(name, f"names position {last} of {rows} ids")
