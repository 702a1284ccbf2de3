"""Parents as a caller names them: what travels, and what is refused before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc
import pytest

from penstock import App, InvalidInput, NotPossible
from penstock.model.lifecycle import ParentFailure
from penstock.model.running import RUNNING
from penstock.sdk.running import CONNECTION, current_task
from tests.layers.sdk_fixtures import app_fixture, frontend_fixture, time_fixture
from tests.layers.sdk_frontend import FakeFrontend, refuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from penstock.wire.v1 import penstock_pb2 as pb

__all__ = ["app_fixture", "frontend_fixture", "time_fixture"]


@pytest.fixture(name="send")
def send_fixture(app: App) -> Any:
    @app.task
    def send(to: str) -> None: ...

    return send


@pytest.fixture(name="tell")
def tell_fixture(app: App) -> Any:
    @app.task
    def tell() -> None: ...

    return tell


def named(parents: pb.Parents) -> list[bytes | int]:
    return [each.sibling if each.WhichOneof("task") == "sibling" else each.task_id for each in parents.of]


def test_handles_and_ids_travel_in_their_order(frontend: FakeFrontend, send: Any) -> None:
    first, second = send.schedule_sync("ada"), send.schedule_sync("bob")
    send.options(parents=[second, first.id], on_parent_failure="continue").schedule_sync("eve")
    [parents] = frontend.groups()[-1].parents
    ids = list(frontend.tasks)
    assert named(parents) == [ids[1], ids[0]]
    assert int(parents.on_failure) == ParentFailure.CONTINUE
    assert not frontend.groups()[0].parents


def test_a_batch_is_one_request_and_keeps_the_order(frontend: FakeFrontend, app: App, send: Any, tell: Any) -> None:
    with app.batch() as batch:
        first = batch.add(send.call("ada"))
        second = batch.add(tell.options(parents=[first]).call())
        third = batch.add(send.options(parents=[second, first]).call("eve"))
        assert "of a batch" in repr(third)
        with pytest.raises(NotPossible):
            _ = first.id
    [request] = frontend.schedules
    assert [getattr(group, "lambda") for group in request.groups] == ["mail.send", "mail.tell", "mail.send"]
    columns = [list(map(named, group.parents)) for group in request.groups]
    assert columns == [[], [[0]], [[1, 0]]]
    assert [handle.id for handle in batch.handles] == [first.id, second.id, third.id]
    assert len(batch) == 3
    later = tell.options(parents=[third]).schedule_sync()
    assert named(frontend.groups()[-1].parents[0]) == [list(frontend.tasks)[2]]
    assert later.id not in {first.id, second.id, third.id}


async def test_a_batch_in_a_loop_and_an_empty_one(frontend: FakeFrontend, app: App, send: Any) -> None:
    async with app.batch():
        pass
    assert frontend.schedules == []
    async with app.batch() as batch:
        planned = batch.add(send.call("ada"))
    assert planned.handle == batch.handles[0]


def test_an_exception_in_the_block_stores_nothing(frontend: FakeFrontend, app: App, send: Any) -> None:
    batch = app.batch()
    batch.add(send.call("ada"))
    batch.__exit__(ZeroDivisionError, ZeroDivisionError(), None)
    assert frontend.schedules == []
    with pytest.raises(NotPossible, match="the batch is over"):
        batch.add(send.call("bob"))


def test_a_batch_that_is_refused_is_not_sent_in_halves(frontend: FakeFrontend, app: App, send: Any) -> None:
    frontend.before.append(refuse(grpc.StatusCode.INVALID_ARGUMENT, "tasks[1].parents[0]: closes a cycle"))
    batch = app.batch()
    first = batch.add(send.call("ada"))
    batch.add(send.options(parents=[first]).call("bob"))
    with pytest.raises(InvalidInput) as caught:
        batch.__exit__(None)
    assert caught.value.field == "tasks[1].parents[0]"
    assert len(frontend.schedules) <= 1
    assert not frontend.tasks


def test_what_cannot_be_a_parent_is_refused_where_it_is_written(frontend: FakeFrontend, app: App, send: Any) -> None:
    stored = send.schedule_sync("ada")
    wrong: list[tuple[Callable[[], Any], str]] = [
        (lambda: send.options(parents=stored), "parents: is one parent"),
        (lambda: send.options(parents=stored.id), "parents: is one parent"),
        (lambda: send.options(parents=[stored, "nonsense"]), "parents[1]: 'nonsense' is not a task id"),
        (lambda: send.options(parents=[stored, 7]), "parents[1]: is of type int; give a handle"),
        (lambda: send.options(parents=[stored.id] * 10_001), "parents: are 10,001; the limit is 10,000"),
        (lambda: send.options(parents=[stored], on_parent_failure="explode"), "on_parent_failure: 'explode' is none"),
        (lambda: send.options(on_parent_failure="continue"), "on_parent_failure: is given without parents"),
    ]
    for refused, told in wrong:
        with pytest.raises(InvalidInput) as caught:
            refused()
        assert str(caught.value).startswith(told)
    with app.batch() as batch:
        planned = batch.add(send.call("bob"))
        child = send.options(parents=[planned])
        other = app.batch()
        for store in (lambda: child.schedule_sync("eve"), lambda: other.add(child.call("eve"))):
            with pytest.raises(InvalidInput, match=r"parents\[0\]: is a task of a batch that is not stored"):
                store()
        with pytest.raises(InvalidInput, match="is a task of a batch"):
            app.schedule_many_sync([child.call("eve")])
    assert len(frontend.tasks) == 2
    with pytest.raises(TypeError, match=r"a batch takes calls"):
        app.batch().add("send")  # type: ignore[arg-type]


async def test_parents_are_asked_for_in_a_lambda_only() -> None:
    with pytest.raises(NotPossible):
        current_task()
    token, linked = RUNNING.set(object()), CONNECTION.set(None)  # type: ignore[arg-type]
    try:
        with pytest.raises(NotPossible, match="a lambda that a worker runs"):
            await current_task().parents()
    finally:
        RUNNING.reset(token)
        CONNECTION.reset(linked)
