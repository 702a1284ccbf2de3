"""Calls over HTTP: the same doorkeeper, the same table, and requests that are read as they are meant or refused."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Any

import pytest

from penstock.model.access import Role
from penstock.model.errors import Unavailable
from penstock.server.http.route_table import ROUTES
from penstock.server.http.signature import Signature
from tests.layers.access_bench import bearer
from tests.layers.http_bench import HttpBench, http_bench, problem
from tests.layers.test_access import CELLS, STRANGER

if TYPE_CHECKING:
    import httpx

ID = "0198b7a4-5c7e-7cc0-8f3a-0b1d2e3f4a5b"
ROW_OF = {row.method.rpartition("/")[2]: row for row in ROUTES}
PATHS = {"task_id": ID, "sweep_id": ID, "lambda": "mail.send", "name": "nightly", "stream": "files", "id": "ab"}


def path_of(call: str) -> str:
    return ROW_OF[call].path.format(**PATHS, subscription="app.search")


async def ask(bench: HttpBench, call: str, namespace: str = "", **headers: str) -> httpx.Response:
    params = {"namespace": namespace} if Signature(ROW_OF[call]).namespace is not None and namespace else {}
    return await bench.client.request(ROW_OF[call].verb, path_of(call), params=params, headers=headers)


async def test_every_cell_of_the_access_table_over_http() -> None:
    async with http_bench(asks=True) as bench:
        tokens = {role: bearer(await bench.token(role)) for role in Role}
        cells = [cell for cell in CELLS if cell[0] in ROW_OF]
        for call, role, allowed in cells:
            reply = await ask(bench, call, "blue", **tokens[Role(role)])
            assert reply.status_code == (200 if allowed else 403), (call, role, reply.text)
            if not allowed:
                assert problem(reply)["detail"].startswith(call)
        served = [(method.rpartition("/")[2], str(caller.role)) for method, caller in bench.let_in]
        assert served == [(call, role) for call, role, allowed in cells if allowed]


@pytest.mark.parametrize("call", [call for call in ROW_OF if Signature(ROW_OF[call]).namespace is not None])
async def test_every_call_for_a_foreign_namespace(call: str) -> None:
    async with http_bench(asks=True) as bench:
        blue = bearer(await bench.token("admin", "blue"))
        assert (await ask(bench, call, "blue", **blue)).status_code == 200
        told = [problem(await ask(bench, call, each, **blue)) for each in ("green", "nobodys", "")]
        assert {each["code"] for each in told} == {"permission_denied"}
        assert told[0]["detail"].replace("green", "nobodys") == told[1]["detail"]
        assert len(bench.let_in) == 1


async def test_strangers_are_refused_before_anything_is_read() -> None:
    async with http_bench(asks=True) as bench:
        for call, row in ROW_OF.items():
            reply = await bench.client.request(row.verb, path_of(call), content=b"\xff" * 100)
            assert problem(reply)["code"] == STRANGER.name.lower(), call
            assert reply.headers["www-authenticate"] == 'Bearer realm="penstock"'
        good = await bench.token("admin")
        for shown in ("", good, f"Basic {good}", "Bearer", f"Bearer {good[:-1]}", "Bearer eyJhbGciOiJub25lIn0.e30."):
            assert problem(await ask(bench, "GetTask", authorization=shown))["status"] == 401
        twice = await bench.client.get(path_of("GetTask"), headers=[("authorization", f"Bearer {good}")] * 2)
        assert problem(twice)["status"] == 401
        assert bench.let_in == []


async def test_who_is_refused_is_not_read() -> None:
    async with http_bench(asks=True) as bench, bench.port() as port:
        head = b"POST /v1/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4000000\r\n\r\nno more"
        status, answer = await bench.raw(port, head)  # and the connection is closed: nobody waits for the rest
        assert (status, b"unauthenticated" in answer) == (401, True)


async def test_while_the_store_is_silent_it_is_said_so_and_readiness_stays() -> None:
    async with http_bench(asks=True) as bench:
        admin = bearer(await bench.token("admin"))
        bench.trips.before["access_tokens.find"] = Unavailable("the store did not answer")
        reply = await ask(bench, "GetTask", **admin)
        assert (problem(reply)["status"], reply.headers["retry-after"]) == (503, "1")
        assert (await bench.get("/readyz")).status_code == 200


async def test_the_audit_log_names_the_token_and_where_it_came_from(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with http_bench(asks=True) as bench:
        await ask(bench, "CancelTask", "blue", **bearer(await bench.token("admin", name="ops")))
    [line] = [record.getMessage() for record in caplog.records if record.name == "penstock.audit"]
    assert line.startswith("CancelTask of task 0198b7a4")
    assert "by ops" in line
    assert line.endswith("in blue, from ipv4:127.0.0.1:50001: OK")


async def test_whoever_was_let_in_is_not_so_for_the_next_request() -> None:
    async with http_bench() as bench:
        await ask(bench, "GetTask")
        assert [caller.is_named for _, caller in bench.let_in] == [False]


class Taken:
    """What the services were asked."""

    def __init__(self, bench: HttpBench) -> None:
        self.requests: list[Any] = []
        handlers = bench.calls._handlers
        for method, handler in list(handlers.items()):
            if handler.unary_unary:
                handlers[method] = handler._replace(unary_unary=self._noting(handler.unary_unary))

    def _noting(self, method: Any) -> Any:
        async def answer(request: Any, context: Any) -> Any:
            self.requests.append(request)
            return await method(request, context)

        return answer


async def test_fields_stand_in_path_query_and_body() -> None:
    async with http_bench() as bench:
        taken, client = Taken(bench), bench.client
        group = {
            "lambda": "mail.send",
            "priority": "high",
            "payloads": [{"to": 1.10, "n": 12345678901234567890}, {}],
            "keys": ["a", "b"],
            "due_at": ["2026-03-01T09:00:00.5Z", None],
            "parents": [{"of": [{"sibling": 0}, {"task_id": ID}], "on_failure": "continue"}],
            "attributes": {"customer": "7"},
        }
        for sent in (
            client.post("/v1/tasks?namespace=blue", json={"groups": [group], "strict": True, "request_token": ID}),
            client.get("/v1/tasks?statuses=new&statuses=dead&attributes=a=b=c&page_size=7&from=2026-01-01T00:00:00Z"),
            client.get("/v1/dead-letters?lambda=a.b&cause=poison&until=2026-01-01T00:00:00%2B01:00"),
            client.get(f"/v1/tasks/{ID}?with_payload=true&with_history=False"),
            client.put("/v1/lambdas/a.b/gate", json={"state": "pause", "for_s": 1.5, "reason": "x"}),
            client.put("/v1/lambdas/a.b/quota", json={"kind": "start", "amount": "Infinity"}),
            client.post("/v1/tasks/await", json={"task_ids": [ID, ID], "wait_s": 0}),
            client.post(f"/v1/tasks/{ID}/retry", headers={"idempotency-key": '"my own key of 20 b"'}),
            client.get("/v1/gates/history?collection="),
            client.post("/v1/lambdas", json={"lambdas": [{"name": "a.b", "subscription": {"start_at": None}}]}),
        ):
            reply = await sent
            assert reply.status_code == 200, reply.text
    schedule, tasks, letters, task, gate, quota, waits, retry, history, register = taken.requests
    assert (schedule.namespace, schedule.strict, len(schedule.request_token)) == ("blue", True, 16)
    [told] = schedule.groups
    assert list(told.payloads) == [b'{"to":1.1,"n":12345678901234567890}', b"{}"]
    assert (told.priority, list(told.keys), list(told.due_at_us)) == (1, ["a", "b"], [1_772_355_600_500_000, 0])
    assert [each.WhichOneof("task") for each in told.parents[0].of] == ["sibling", "task_id"]
    assert dict(told.attributes) == {"customer": "7"}
    assert (list(tasks.statuses), dict(tasks.attributes), tasks.page_size) == ([1, 9], {"a": "b=c"}, 7)
    assert getattr(letters.filter, "lambda") == "a.b"
    assert letters.filter.until_us == 1_767_222_000_000_000
    assert (task.task_id.hex(), task.with_payload, task.with_history) == (ID.replace("-", ""), True, False)
    assert (getattr(gate, "lambda"), gate.state, gate.for_us) == ("a.b", 2, 1_500_000)
    assert quota.amount == float("inf")
    assert waits.task_ids == bytes.fromhex(ID.replace("-", "")) * 2
    assert retry.request_token == b"my own key of 20 b"
    assert history.HasField("collection")
    assert not register.lambdas[0].subscription.HasField("start_at_us")


async def test_a_payload_reaches_the_service_byte_for_byte() -> None:
    payload = '{ "a" : 1.0000000000000000000001e0, "b": [1,  2], "ü": "\\u00fc" }'
    async with http_bench() as bench:
        taken = Taken(bench)
        body = f'{{"groups": [{{"lambda": "a.b", "payloads": [{payload}]}}]}}'
        sent = await bench.client.post("/v1/tasks", content=body, headers={"content-type": "application/json"})
        assert sent.status_code == 200, sent.text
    assert taken.requests[0].groups[0].payloads[0].decode() == payload


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"{", "body: is not JSON"),
        (b'{"groups": [}', "(byte 12)"),
        (b"\xef\xbb\xbf{}", "body: is not JSON"),
        (b'{"strict": "\xff"}', "body: is not UTF-8 (byte 12)"),
        (b'{"strict": NaN}', "body: is not JSON"),
        (b'{"strict": Infinity}', "body: is not JSON"),
        (b'{"strict": 1e400}', "body: must be JSON whose numbers fit"),
        (b'{"strict": -0}', "body: holds -0"),
        (b'{"strict": ' + b"9" * 5_000 + b"}", "body: "),
        (b"[" * 100_000, "body: nests deeper than 68 levels"),
        (b'{"a":' * 100_000, "body: nests deeper than 68 levels"),
        (b"[]", "body: is to be a JSON object"),
        (b'"text"', "body: is to be a JSON object"),
        (b'{"nonsense": 1}', "nonsense: there is no such member; there are groups"),
        (b'{"group": []}', "group: there is no such member; did you mean groups?"),
        (b'{"namespace": "blue"}', "namespace: stands in the query"),
        (b'{"strict": "yes"}', "strict: 'yes' is not what it is to be: true or false"),
        (b'{"strict": [true]}', "strict: [true] is not"),
        (b'{"groups": {}}', "groups: is to be a list"),
        (b'{"groups": [1]}', "groups[0]: is to be a JSON object"),
        (b'{"groups": [{"priority": 1}]}', "groups[0].priority: 1 is not what it is to be: one of high, normal, low"),
        (b'{"groups": [{"priority": "PRIORITY_HIGH"}]}', "groups[0].priority: 'PRIORITY_HIGH' is not"),
        (
            b'{"groups": [{"parents": [{"of": [{"sibling": -1}]}]}]}',
            "groups[0].parents[0].of[0].sibling: -1 is not within",
        ),
        (
            b'{"groups": [{"key_life_s": 9223372036854775808}]}',
            "key_life_s: 9223372036854775808 is not within",
        ),
        (b'{"groups": [{"key_life_s": 1.5}]}', "groups[0].key_life_s: 1.5 is not what it is to be: a whole number"),
        (b'{"groups": [{"key_life_s": true}]}', "groups[0].key_life_s: true is not"),
        (b'{"groups": [{"delay_s": ["1"]}]}', "groups[0].delay_s[0]: '1' is not what it is to be: a number"),
        (b'{"groups": [{"delay_s": [1e300]}]}', "groups[0].delay_s[0]: "),
        (b'{"groups": [{"due_at": ["tomorrow"]}]}', "groups[0].due_at[0]: 'tomorrow' is no moment"),
        (b'{"groups": [{"due_at": ["2026-03-01T09:00:00"]}]}', "is no moment; write it as RFC 3339"),
        (b'{"groups": [{"due_at": ["2026-02-30T09:00:00Z"]}]}', "is no moment: day is out of range"),
        (b'{"groups": [{"due_at": ["2026-06-30T23:59:60Z"]}]}', "is no moment"),
        (b'{"groups": [{"due_at": ["0001-01-01T00:00:00Z"]}]}', "is outside of the years 1970 to 9999"),
        (b'{"groups": [{"due_at": ["1969-12-31T23:59:59Z"]}]}', "is outside of the years 1970 to 9999"),
        (b'{"groups": [{"due_at": [1]}]}', "groups[0].due_at[0]: '1' is no moment"),
        (b'{"groups": [{"parent_id": "x"}]}', "groups[0].parent_id: 'x' is not what it is to be: an id"),
        (b'{"groups": [{"attributes": {"a": 1}}]}', "groups[0].attributes['a']: 1 is not what it is to be: text"),
        (b'{"strict": [' + b"1," * 100 + b"1]}", "strict: [1,1,1,"),
        (b'{"groups": [{"lambda": {"a": "' + b"x" * 200 + b'"}}]}', "groups[0].lambda: "),
        (b'{"request_token": 7}', "request_token: 7 is not what it is to be: text"),
    ],
)
async def test_what_is_wrong_with_a_body_is_named_with_its_place(body: bytes, detail: str) -> None:
    async with http_bench() as bench:
        reply = await bench.client.post("/v1/tasks", content=body, headers={"content-type": "application/json"})
        told = problem(reply)
        assert (told["status"], told["code"]) == (400, "invalid_argument")
        assert detail in told["detail"], told["detail"]
        assert len(told["detail"]) < 300
        assert bench.let_in == []


async def test_a_deep_body_is_refused_quickly() -> None:
    async with http_bench() as bench:
        began_s = time.process_time()
        await bench.client.post("/v1/tasks", content=b"[" * 1_000_000, headers={"content-type": "application/json"})
        assert time.process_time() - began_s < 2.0


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("page_size=many", "page_size: 'many' is not what it is to be: a whole number"),
        ("page_size=-1", "page_size: -1 is not within"),
        ("page_size=99999999999999999999", "is not within"),
        ("page_size=1&page_size=2", "page_size: is given 2 times"),
        ("statuses=DEAD", "statuses: 'DEAD' is not what it is to be: one of new, held"),
        ("from=2026-01-01", "from: '2026-01-01' is no moment"),
        ("attributes=novalue", "attributes: 'novalue' is to be NAME=VALUE"),
        ("limit=3", "limit: there is no such member"),
        ("namespace=*", "namespace"),
        ("namespace=a&namespace=b", "namespace: is given 2 times"),
    ],
)
async def test_what_is_wrong_with_a_query_is_named(query: str, detail: str) -> None:
    async with http_bench(asks=True) as bench:
        reply = await bench.get(f"/v1/tasks?{query}", **bearer(await bench.token("admin")))
        assert detail in problem(reply)["detail"]
        assert reply.status_code == 400


async def test_a_form_of_a_page_is_no_call() -> None:
    async with http_bench() as bench:
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
            reply = await bench.client.post("/v1/tasks", content=b"{}", headers={"content-type": kind})
            assert problem(reply)["status"] == 415
        with_body = await bench.client.request("GET", "/v1/tasks", content=b"{}")
        assert problem(with_body)["detail"].startswith("body: GET takes none")
        both = await bench.client.post(
            f"/v1/tasks/{ID}/retry", json={"request_token": ID}, headers={"idempotency-key": ID}
        )
        assert "exclude each other" in problem(both)["detail"]


@pytest.mark.parametrize("path", ["/v1/tasks/x", "/v1/tasks/..%2f..", "/v1/tasks/%2a", "/v1/tasks/" + "9" * 300])
async def test_an_id_in_a_path_is_an_id(path: str) -> None:
    async with http_bench() as bench:
        assert problem(await bench.get(path))["status"] in (400, 404)
        assert bench.let_in == []


async def test_a_wait_ends_when_the_server_stops_or_the_caller_goes() -> None:
    async with http_bench() as bench:
        method = ROW_OF["AwaitTasks"].method
        bench.held[method] = asyncio.Event()
        waiting = asyncio.ensure_future(bench.client.post("/v1/tasks/await", json={"task_ids": [ID], "wait_s": 60}))
        while not bench.let_in:
            await asyncio.sleep(0.001)
        bench.door.draining.set()
        assert "ask again" in problem(await waiting)["detail"]
        bench.door.draining.clear()
        async with bench.port() as port:
            bench.let_in.clear()
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            head = b"POST /v1/tasks/await HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            writer.write(head + b"Content-Length: 2\r\n\r\n{}")
            while not bench.let_in:
                await asyncio.sleep(0.001)
            writer.close()
            while 'route="/v1/tasks/await",status="4xx"' not in (await bench.get("/metrics")).text:
                await asyncio.sleep(0.01)
