"""Every cell of call x role, every call x foreign namespace, and what strangers are told."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import grpc
import pytest

from penstock.model.access import ANYBODY, Role
from penstock.model.errors import Unavailable
from penstock.server import doorkeeper as door
from penstock.server import token_book as book
from penstock.server.access import TABLE
from tests.layers.access_bench import (
    CALLS,
    STRANGE,
    WORK,
    access_bench,
    bearer,
    names_a_namespace,
    request_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE_S = 20.0
OK, DENIED, STRANGER = (
    grpc.StatusCode.OK,
    grpc.StatusCode.PERMISSION_DENIED,
    grpc.StatusCode.UNAUTHENTICATED,
)
# The same table as in server/access.py, written down a second time: a row that is changed there is meant.
EXPECTED = """
                  admin  operator  producer  worker  viewer
RegisterLambdas   yes    no        no        yes     no
Schedule          yes    yes       yes       yes     no
GetTask           yes    yes       yes       yes     yes
ListTasks         yes    yes       yes       no      yes
CancelTask        yes    yes       yes       no      no
RetryTask         yes    yes       no        no      no
AwaitTasks        yes    yes       yes       yes     yes
ListDeadLetters   yes    yes       yes       no      yes
CountDeadLetters  yes    yes       yes       no      yes
StartSweep        yes    yes       no        no      no
StopSweep         yes    yes       no        no      no
ListSweeps        yes    yes       yes       no      yes
SetGate           yes    yes       no        no      no
ListGates         yes    yes       yes       no      yes
GateHistory       yes    yes       yes       no      yes
SetQuota          yes    yes       no        no      no
ListQuotas        yes    yes       yes       no      yes
QuotaHistory      yes    yes       yes       no      yes
ExplainTask       yes    yes       yes       no      yes
ExplainLane       yes    yes       yes       no      yes
ListLanes         yes    yes       yes       no      yes
CreatePeriodic    yes    yes       no        no      no
GetPeriodic       yes    yes       yes       no      yes
ListPeriodic      yes    yes       yes       no      yes
DeletePeriodic    yes    yes       no        no      no
PausePeriodic     yes    yes       no        no      no
ResumePeriodic    yes    yes       no        no      no
NextTicks         yes    yes       yes       no      yes
BackfillPeriodic  yes    yes       no        no      no
PreviewSweep      yes    yes       yes       no      yes
ListParents       yes    yes       yes       yes     yes
GetTree           yes    yes       yes       no      yes
CancelTree        yes    yes       yes       no      no
GetServerInfo     yes    yes       yes       yes     yes
Publish           yes    yes       yes       yes     no
ListStreams       yes    yes       yes       no      yes
SetStream         yes    yes       no        no      no
SetStreamSchema   yes    yes       no        no      no
ListSubjects      yes    yes       yes       no      yes
ReadEvents        yes    yes       yes       no      yes
Ping              yes    yes       yes       yes     no
GetRefresh        yes    yes       yes       no      yes
StartRefresh      yes    yes       no        no      no
Verify            yes    yes       yes       no      yes
ListCursors       yes    yes       yes       no      yes
ShowCursors       yes    yes       yes       no      yes
SkipEvent         yes    yes       no        no      no
RedriveEvent      yes    yes       no        no      no
Replay            yes    yes       no        no      no
RegisterSchema    yes    yes       yes       yes     no
GetSchema         yes    yes       yes       yes     yes
ListSchemas       yes    yes       yes       yes     yes
CheckSchema       yes    yes       yes       yes     yes
DeleteSchema      yes    yes       no        no      no
SetSchemaRules    yes    yes       no        no      no
GetSchemaRules    yes    yes       yes       yes     yes
PutEndpoint       yes    yes       no        no      no
ListEndpoints     yes    yes       yes       no      yes
RemoveEndpoint    yes    yes       no        no      no
RotateEndpoint    yes    yes       no        no      no
SwitchEndpoint    yes    yes       no        no      no
CreateToken       yes    no        no        no      no
ListTokens        yes    no        no        no      no
RevokeToken       yes    no        no        no      no
Work              yes    no        no        yes     no
Heartbeat         yes    no        no        yes     no
SetResults        yes    no        no        yes     no
ExecutorGone      yes    no        no        yes     no
"""


def expected_cells() -> Iterator[tuple[str, str, bool]]:
    head, *rows = [line.split() for line in EXPECTED.strip().splitlines()]
    for call, *marks in rows:
        for role, mark in zip(head, marks, strict=True):
            yield call, role, mark == "yes"


CELLS = list(expected_cells())
METHOD_OF = {method.rpartition("/")[2]: method for method in CALLS}


def test_the_expected_table_has_every_cell() -> None:
    assert {(call, role) for call, role, _ in CELLS} == {(call, str(role)) for call in METHOD_OF for role in Role}


async def test_every_cell_of_the_table() -> None:
    async with access_bench() as bench:
        tokens = {role: bearer(await bench.token(role)) for role in Role}
        for call, role, allowed in CELLS:
            status, sentence = await bench.answer(METHOD_OF[call], "blue", **tokens[Role(role)])
            assert status is (OK if allowed else DENIED), (call, role, sentence)
            if not allowed:
                assert call in sentence
                assert f"as {role};" in sentence
        served = [(method.rpartition("/")[2], str(caller.role)) for method, caller in bench.let_in]
        assert served == [(call, role) for call, role, allowed in CELLS if allowed]


@pytest.mark.parametrize("method", [each for each in CALLS if names_a_namespace(each)])
async def test_every_call_for_a_foreign_namespace(method: str) -> None:
    async with access_bench() as bench:
        blue, both, every = [bearer(await bench.token("admin", *names)) for names in (["blue"], ["blue", "green"], [])]
        for metadata, namespace, expected in (
            (blue, "blue", OK),
            (blue, "green", DENIED),
            (blue, "", DENIED),  # the default one
            (blue, "nobodys", DENIED),
            (both, "blue", OK),
            (both, "green", OK),
            (both, "default", DENIED),
            (every, "", OK),
            (every, "nobodys", OK),
        ):
            before = len(bench.let_in)
            status, sentence = await bench.answer(method, namespace, **metadata)
            assert status is expected, (namespace, sentence)
            assert len(bench.let_in) - before == (expected is OK)
        assert await bench.call(method, "*", **every) is grpc.StatusCode.INVALID_ARGUMENT


async def test_a_foreign_namespace_is_refused_in_the_same_words_whether_it_exists_or_not() -> None:
    async with access_bench() as bench:
        await bench.store.registry.namespace("green")
        blue = bearer(await bench.token("admin", "blue"))
        for method in filter(names_a_namespace, CALLS):
            _, told = await bench.answer(method, "green", **blue)
            _, told_of_none = await bench.answer(method, "nobodys", **blue)
            assert told.replace("green", "nobodys") == told_of_none


@pytest.mark.parametrize("method", list(CALLS))
async def test_strangers(method: str) -> None:
    async with access_bench() as bench:
        good = await bench.token("admin")
        revoked, expired = await bench.token("admin"), await bench.token("admin", expires_in_s=1e-6)
        await bench.store.access_tokens.revoke(revoked.split("_")[1], "ada")
        swapped = f"penstock_{good.split('_')[1]}_{revoked.split('_')[2]}"
        for metadata in (
            {},
            {"authorization": ""},
            {"authorization": good},
            {"authorization": "Bearer"},
            {"authorization": "Bearer "},
            {"authorization": f"Basic {good}"},
            {"authorization": f"Bearer {good} {good}"},
            {"x-authorization": f"Bearer {good}"},
            bearer("x" * 4_000),
            bearer("eyJhbGciOiJub25lIn0.e30."),
            bearer(good[:-1]),
            bearer(good.upper()),
            bearer(swapped),
            bearer(revoked),
            bearer(expired),
        ):
            status, sentence = await bench.answer(method, "blue", **metadata)
            assert status is STRANGER, metadata
            assert sentence
            assert len(sentence) < 200
            for text in (good, revoked, expired, swapped):
                assert text.split("_")[2][:12] not in sentence
        assert bench.let_in == []
        assert await bench.call(method, "blue", authorization=f"bearer {good}") is OK


async def test_two_tokens_at_once_are_none() -> None:
    async with access_bench() as bench:
        shown = (("authorization", f"Bearer {await bench.token('admin')}"),) * 2
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await bench.channel.unary_unary(METHOD_OF["GetTask"])(b"", metadata=shown, timeout=30)
        assert refused.value.code() is STRANGER


async def test_who_is_not_known_is_told_so_before_anything_is_read() -> None:
    async with access_bench() as bench:
        for method in CALLS:
            assert (await bench.answer(method, raw=b"\xff\xff"))[0] is STRANGER
            status, sentence = await bench.answer(method, raw=b"\xff\xff", **bearer(await bench.token("admin")))
            assert status is grpc.StatusCode.INVALID_ARGUMENT
            assert "is no message of penstock.v1" in sentence


@pytest.mark.parametrize("asks", [True, False])
async def test_a_call_without_a_row_is_refused_and_an_unknown_one_is_unknown(asks: bool) -> None:
    async with access_bench(asks=asks) as bench:
        admin = bearer(await bench.token("admin"))
        status, sentence = await bench.answer(STRANGE, **admin)
        assert status is DENIED
        assert "Strange stands in no row" in sentence
        assert bench.let_in == []
        assert await bench.call("/penstock.v1.Frontend/Nothing", **admin) is grpc.StatusCode.UNIMPLEMENTED


async def test_an_open_platform_asks_nobody() -> None:
    async with access_bench(asks=False) as bench:
        for method in CALLS:
            assert await bench.call(method, "blue") is OK
            assert await bench.call(method, "blue", **bearer("nonsense")) is OK
        assert {caller for _, caller in bench.let_in} == {ANYBODY}
        assert "access_tokens.find" not in bench.trips.counts


async def test_while_the_store_is_silent_nobody_new_is_let_in_and_nobody_is_called_a_stranger() -> None:
    async with access_bench() as bench:
        admin = bearer(await bench.token("admin"))
        bench.trips.before["access_tokens.find"] = Unavailable("the store did not answer")
        assert await bench.call(METHOD_OF["GetTask"], **admin) is grpc.StatusCode.UNAVAILABLE
        assert await bench.call(WORK, **admin) is grpc.StatusCode.UNAVAILABLE
        bench.trips.before.clear()
        assert await bench.call(METHOD_OF["GetTask"], **admin) is OK


async def test_an_open_stream_ends_when_its_token_is_revoked(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (door, book):
        monkeypatch.setattr(module, "FRESH_S", 0.01)
    async with access_bench() as bench:
        first, second = await bench.token("worker", name="first"), await bench.token("worker", name="second")
        streams = [
            bench.channel.stream_stream(WORK)(metadata=tuple(bearer(token).items()), timeout=PATIENCE_S)
            for token in (first, second)
        ]
        for stream in streams:
            await stream.write(request_of(WORK, "blue"))
            await stream.read()
        await bench.store.access_tokens.revoke(first.split("_")[1], "ada")
        assert await streams[0].code() is STRANGER
        assert "first" in await streams[0].details()
        assert "was revoked" in await streams[0].details()
        await streams[1].write(request_of(WORK, "blue"))
        assert await streams[1].read() is not grpc.aio.EOF
        streams[1].cancel()


async def test_a_wait_that_outlives_its_token_is_not_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "FRESH_S", 0.01)
    method = METHOD_OF["AwaitTasks"]
    async with access_bench() as bench:
        token = await bench.token("producer")
        bench.held[method] = asyncio.Event()
        waiting = asyncio.create_task(bench.call(method, **bearer(token)))
        while not bench.let_in:
            await asyncio.sleep(0.001)
        await bench.store.access_tokens.revoke(token.split("_")[1], "ada")
        await asyncio.sleep(0.02)
        bench.held[method].set()
        assert await waiting is STRANGER


async def test_an_open_stream_survives_a_silent_store(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (door, book):
        monkeypatch.setattr(module, "FRESH_S", 0.01)
    async with access_bench() as bench:
        stream = bench.channel.stream_stream(WORK)(metadata=tuple(bearer(await bench.token("worker")).items()))
        await stream.write(request_of(WORK, "blue"))
        await stream.read()
        bench.trips.before["access_tokens.find"] = Unavailable("the store did not answer")
        looks = bench.trips.counts["access_tokens.find"]
        while bench.trips.counts["access_tokens.find"] < looks + 3:
            await asyncio.sleep(0.01)
        await stream.write(request_of(WORK, "blue"))
        assert await stream.read() is not grpc.aio.EOF
        stream.cancel()


async def test_the_audit_log_names_the_token_the_call_and_its_outcome(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with access_bench() as bench:
        admin, viewer = await bench.token("admin", name="ops"), await bench.token("viewer", "blue", name="eyes")
        for method in CALLS:
            await bench.call(method, "blue", **bearer(admin))
        told = [record.getMessage() for record in caplog.records if record.name == "penstock.audit"]
        audited = [method.rpartition("/")[2] for method in CALLS if TABLE[method].subject_of]
        assert [line.split()[0] for line in told] == audited
        assert {
            "CancelTask",
            "CancelTree",
            "RetryTask",
            "StartSweep",
            "StopSweep",
            "SetGate",
            "SetQuota",
            "CreatePeriodic",
            "DeletePeriodic",
            "PausePeriodic",
            "ResumePeriodic",
            "BackfillPeriodic",
            "CreateToken",
            "RevokeToken",
            "RegisterLambdas",
            "SetStream",
            "SetStreamSchema",
            "StartRefresh",
            "SkipEvent",
            "RedriveEvent",
            "Replay",
            "RegisterSchema",
            "DeleteSchema",
            "SetSchemaRules",
            "PutEndpoint",
            "RemoveEndpoint",
            "RotateEndpoint",
            "SwitchEndpoint",
        } == set(audited)
        for line in told:
            assert f"by ops ({admin.split('_')[1]}), admin" in line
            assert line.endswith(": OK")
        assert any(line.startswith("CancelTask") and " in blue, from ipv4:127.0.0.1" in line for line in told)
        caplog.clear()
        await bench.call(METHOD_OF["CancelTask"], "blue", **bearer(viewer))
        await bench.call(METHOD_OF["GetTask"], "green", **bearer(viewer))
        await bench.call(METHOD_OF["GetTask"])
        lines = [record.getMessage() for record in caplog.records if record.name == "penstock.audit"]
        assert [line.partition(" from ")[0] for line in lines] == [
            f"CancelTask by eyes ({viewer.split('_')[1]})",
            f"GetTask by eyes ({viewer.split('_')[1]})",
            "GetTask by a stranger",
        ]
    for text in (admin, viewer):
        assert text.split("_")[2] not in caplog.text
