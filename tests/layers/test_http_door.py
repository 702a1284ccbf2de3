"""The HTTP door by itself: bounds, refusals in words, and what machines ask."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from typing import TYPE_CHECKING

import grpc
import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from penstock.model.errors import InvalidInput, Overloaded, QuotaExceeded
from penstock.server.http import HttpDoor, HttpListener, bodies, connection, problem_of
from penstock.server.http.bodies import BODY_BYTES_MAX, Room
from penstock.server.http.loop_lag import LAG_MAX_S, SEEN_S, LoopLag
from penstock.settings import load_settings
from penstock.wire.refusal_codec import refusal_to_wire
from tests.layers.access_bench import bearer
from tests.layers.http_bench import URL, http_bench, problem

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

HEAD = b"POST /echo HTTP/1.1\r\nHost: 127.0.0.1\r\n"


async def echo(request: Request) -> Response:
    return PlainTextResponse(await request.body())


async def boom(_request: Request) -> Response:
    raise RuntimeError("with something secret in it")


ROUTES = [Route("/echo", echo, methods=["POST"]), Route("/boom", boom), Route("/things/{thing}", echo, methods=["PUT"])]


async def test_it_lives_and_is_ready_until_it_drains() -> None:
    async with http_bench(asks=True) as bench:
        assert (await bench.get("/livez")).json() == {"status": "alive"}
        assert (await bench.get("/readyz")).json() == {"status": "ready"}
        bench.door.draining.set()
        assert "ask another one" in problem(await bench.get("/readyz"))["detail"]
        assert (await bench.get("/livez")).status_code == 200
        bench.lag.look(LAG_MAX_S + 1)
        assert "late by" in problem(await bench.get("/livez"))["detail"]


def test_a_lag_counts_for_some_seconds() -> None:
    now_s = [100.0]
    lag = LoopLag(lambda: now_s[0])
    assert lag.is_alive
    lag.look(LAG_MAX_S)
    lag.look(0.0)
    assert (lag.is_alive, lag.worst_s) == (False, LAG_MAX_S)
    now_s[0] += SEEN_S + 1
    lag.look(0.1)
    assert (lag.is_alive, lag.worst_s) == (True, 0.1)


async def test_metrics_are_for_whoever_is_known() -> None:
    async with http_bench(asks=True) as bench:
        refused = await bench.get("/metrics")
        assert problem(refused)["code"] == "unauthenticated"
        assert refused.headers["www-authenticate"].startswith("Bearer")
        page = await bench.get("/metrics", **bearer(await bench.token("viewer", "blue")))
        assert page.status_code == 200
        assert 'penstock_http_requests_total{method="GET",route="/metrics",status="4xx"} 1.0' in page.text


async def test_what_is_not_there_has_one_label_and_is_told_in_words() -> None:
    async with http_bench(routes=ROUTES) as bench:
        for path in ("/nothing", "/../etc/passwd", "/things/a%2fb", "/%ff%00"):
            assert problem(await bench.get(path))["detail"].startswith("there is nothing at")
        for thing in range(20):
            assert (await bench.client.put(f"/things/{thing}")).status_code == 200
        wrong = await bench.client.request("BREW", "/echo")
        assert (problem(wrong)["status"], wrong.headers["allow"]) == (405, "POST")
        text = (await bench.get("/metrics")).text
        assert 'penstock_http_requests_total{method="PUT",route="/things/{thing}",status="2xx"} 20.0' in text
        assert 'penstock_http_requests_total{method="GET",route="none",status="4xx"} 4.0' in text
        assert 'penstock_http_requests_total{method="other",route="none",status="4xx"} 1.0' in text


async def test_an_error_of_our_own_shows_no_stack() -> None:
    async with http_bench(routes=ROUTES) as bench:
        reply = await bench.get("/boom")
        assert problem(reply)["detail"] == "an error of the server's own; its log has it"
        assert "secret" not in reply.text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "evil.example"}, 421),
        ({"host": "evil.example:7461"}, 421),
        ({"host": "127.0.0.1.evil.example"}, 421),
        ({"host": "[broken"}, 421),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "same-origin", "origin": "http://127.0.0.1:7461"}, 200),
        ({"host": "localhost:7461"}, 200),
        ({"host": "[::1]:7461"}, 200),
    ],
)
async def test_pages_from_elsewhere_may_not_call(headers: dict[str, str], status: int) -> None:
    async with http_bench(routes=ROUTES) as bench:
        assert (await bench.client.post("/echo", content=b"x", headers=headers)).status_code == status


async def test_a_name_that_nobody_has_set_is_nobodys(monkeypatch: pytest.MonkeyPatch) -> None:
    async with http_bench() as bench:
        door = HttpDoor(bench.tallies, is_open=True, names=["", "jobs.internal"])
        monkeypatch.setattr(door, "_routes", bench.door._routes)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(door), base_url=URL) as client:
            for host, status in (("[broken", 421), ("jobs.internal:7461", 200), ("", 421)):
                assert (await client.get("/livez", headers={"host": host})).status_code == status


async def test_a_guarded_door_may_have_any_name() -> None:
    async with http_bench(asks=True, routes=ROUTES) as bench:
        assert (await bench.get("/livez", host="jobs.example.com")).status_code == 200


async def test_bodies_are_bounded_packed_and_unpacked() -> None:
    async with http_bench(routes=ROUTES) as bench:

        async def post(content: bytes, **headers: str) -> tuple[int, str]:
            reply = await bench.client.post("/echo", content=content, headers=headers)
            if reply.status_code == 200:
                return 200, reply.text[:20]
            return reply.status_code, problem(reply)["detail"]

        assert await post(b"plain") == (200, "plain")
        assert await post(gzip.compress(b"packed"), **{"content-encoding": "gzip"}) == (200, "packed")
        assert await post(b"as it is", **{"content-encoding": "identity"}) == (200, "as it is")
        assert (await post(b"x" * BODY_BYTES_MAX))[0] == 200
        assert (await post(b"x" * (BODY_BYTES_MAX + 1)))[0] == 413
        for encoding in ("br", "deflate", "zstd", "gzip, gzip", "gzip, br", "x" * 500):
            status, told = await post(b"x", **{"content-encoding": encoding})
            assert (status, told[:17]) == (415, "Content-Encoding:")
        twice = gzip.compress(gzip.compress(b"x" * 100))
        assert (await post(twice, **{"content-encoding": "gzip"}))[0] == 200  # packed once, of something packed
        for broken in (
            b"no gzip",
            gzip.compress(b"cut off" * 9)[:-3],
            gzip.compress(b"more") + b"!",
            zlib.compress(b"x"),
        ):
            assert (await post(broken, **{"content-encoding": "gzip"}))[0] == 400
        bomb = gzip.compress(bytes(40 * 1024 * 1024), 1)
        assert (await post(bomb, **{"content-encoding": "gzip"}))[0] == 413
        dense = gzip.compress(bytes(1024 * 1024))
        status, told = await post(dense, **{"content-encoding": "gzip"})
        assert (status, "100 times" in told) == (413, True)
        assert (await post(gzip.compress(bytes(60_000)), **{"content-encoding": "gzip"}))[0] == 200


async def test_all_bodies_together_have_a_limit_and_give_their_room_back() -> None:
    async with http_bench(routes=ROUTES) as bench:
        bench.door._room = Room(1_000)
        for _ in range(3):
            assert (await bench.client.post("/echo", content=b"x" * 800)).status_code == 200
        refused = await bench.client.post("/echo", content=b"x" * 1_001)
        assert (problem(refused)["status"], refused.headers["retry-after"]) == (503, "1")
        assert bench.door._room.held == 0


async def test_a_slow_body_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BODY_S_MAX", 0.05)
    async with http_bench(routes=ROUTES) as bench, bench.port() as port:
        status, answer = await bench.raw(port, HEAD + b"Content-Length: 10\r\n\r\nhalf")
        assert (status, b"did not come within" in answer) == (408, True)


async def test_a_slow_head_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD_S_MAX", 0.05)
    async with http_bench(routes=ROUTES) as bench, bench.port() as port:
        assert (await bench.raw(port, HEAD))[0] == 408
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert await reader.read() == b""  # who says nothing is told nothing
        writer.close()


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        (HEAD + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400),
        (HEAD + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc", 400),
        (HEAD + b"Content-Length: -3\r\n\r\n", 400),
        (HEAD + b"X-Long: " + b"x" * 20_000 + b"\r\n\r\n", 431),
        (HEAD + b"X-Long: " + b"x" * 30_000, 431),
        (HEAD + b"".join(b"X-%d: 1\r\n" % number for number in range(200)) + b"\r\n", 431),
        (b"POST /" + b"x" * 20_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 431),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        (HEAD + b"Content-Length: 99999999999\r\n\r\n", 413),
        (HEAD + b"Content-Encoding: br\r\nContent-Length: 99999999\r\n\r\n", 415),
    ],
)
async def test_what_is_no_sound_request_is_answered_and_closed(request_text: bytes, status: int) -> None:
    async with http_bench(routes=ROUTES) as bench, bench.port() as port:
        told, answer = await bench.raw(port, request_text)
        assert told == status, answer
        assert b"application/problem+json" in answer
        assert b"connection: close" in answer.lower()
        assert (await bench.get("/livez")).status_code == 200


async def test_a_connection_serves_one_request_after_the_other() -> None:
    async with http_bench(routes=ROUTES) as bench, bench.port() as port:
        requests = HEAD + b"Content-Length: 3\r\n\r\none" + HEAD + b"Connection: close\r\nContent-Length: 3\r\n\r\ntwo"
        _, answer = await bench.raw(port, requests)
        assert answer.count(b"HTTP/1.1 200") == 2
        assert answer.endswith(b"two")


async def test_a_port_that_is_taken_is_named() -> None:
    async with http_bench() as bench, bench.port() as port:
        with pytest.raises(InvalidInput, match=f"http_port: nothing can listen on 127.0.0.1:{port}"):
            HttpListener(load_settings(http_port=port))


def test_every_status_has_its_own() -> None:
    told = {code.name: problem_of(code, "why").status for code in grpc.StatusCode if code is not grpc.StatusCode.OK}
    assert told == {
        "CANCELLED": 499,
        "UNKNOWN": 500,
        "INVALID_ARGUMENT": 400,
        "DEADLINE_EXCEEDED": 504,
        "NOT_FOUND": 404,
        "ALREADY_EXISTS": 409,
        "PERMISSION_DENIED": 403,
        "RESOURCE_EXHAUSTED": 429,
        "FAILED_PRECONDITION": 409,
        "ABORTED": 409,
        "OUT_OF_RANGE": 400,
        "UNIMPLEMENTED": 404,
        "INTERNAL": 500,
        "UNAVAILABLE": 503,
        "DATA_LOSS": 500,
        "UNAUTHENTICATED": 401,
    }


def test_a_refusal_for_now_says_when() -> None:
    exhausted = grpc.StatusCode.RESOURCE_EXHAUSTED
    quota = problem_of(exhausted, "why", refusal_to_wire(QuotaExceeded("why", 2.25, "mail.send", "1/s")))
    assert quota.headers["Retry-After"] == "3"
    assert quota.more["reason"] == "quota_exceeded"
    assert (quota.more["lambda"], quota.more["quota"], quota.more["retry_after_s"]) == ("mail.send", "1/s", 2.25)
    assert problem_of(exhausted, "why", refusal_to_wire(Overloaded("why", 0.2))).headers["Retry-After"] == "1"
    assert problem_of(grpc.StatusCode.UNAVAILABLE, "why").headers["Retry-After"] == "1"
