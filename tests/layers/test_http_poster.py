"""Requests to real servers on loopback: what is sent, what is taken for an answer, and where nothing goes."""

import asyncio
import socket
import ssl
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from penstock.adapters.http import HttpPoster
from penstock.model.endpoint_answer import Answer, NoAnswer
from penstock.model.endpoint_url import check_networks
from penstock.ports.poster import Post
from tests.layers.http_peer import OK, Behaviour, Peer, drips, hangs, hangs_up, peer, says, with_body
from tests.processes.guarded.authority import Authority

LOOPBACK = check_networks(["127.0.0.0/8"], "push_allow")


async def posted(poster: HttpPoster, url: str, **fields: Any) -> Answer:
    usual: dict[str, Any] = {
        "headers": (("content-type", "application/json"), ("x-one", "1")),
        "body": b'{"a":1}',
        "connect_timeout_s": 5.0,
        "read_timeout_s": 5.0,
        "timeout_s": 10.0,
        "answer_bytes_max": 1_000,
    }
    return await poster.post(Post(url=url, **usual | fields))


async def asked(behaviour: Behaviour, **fields: Any) -> tuple[Answer | NoAnswer, Peer]:
    poster = HttpPoster(LOOPBACK)
    async with peer(behaviour) as one:
        try:
            return await posted(poster, one.url, **fields), one
        except NoAnswer as error:
            return error, one
        finally:
            await poster.close()


async def test_what_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    answer, one = await asked(with_body(b"{}"))
    assert answer == Answer(200, "application/json", body=b"{}")
    [request] = one.requests
    assert request.line == "POST /hook?x=1 HTTP/1.1"
    assert request.body == b'{"a":1}'
    assert request.headers["host"] == f"127.0.0.1:{one.port}"
    assert request.headers["content-length"] == "7"
    assert request.headers["x-one"] == "1"
    assert "cookie" not in request.headers


async def test_connections_are_used_again_and_forgotten_when_asked() -> None:
    poster = HttpPoster(LOOPBACK)
    async with peer(says(OK.replace(b"OK\r\n", b"OK\r\nset-cookie: a=b\r\n"))) as one:
        for _ in range(5):
            await posted(poster, one.url)
        assert one.connections == 1
        assert "cookie" not in one.requests[-1].headers
        poster.forget(one.url)
        await posted(poster, one.url)
        assert one.connections == 2
        await poster.close()


async def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    async with peer(says(OK)) as inner:
        answer, one = await asked(
            says(f"HTTP/1.1 307 Go\r\nlocation: {inner.url}\r\ncontent-length: 0\r\n\r\n".encode())
        )
        assert isinstance(answer, Answer)
        assert answer.status == 307
        assert not inner.requests
        assert len(one.requests) == 1


async def test_a_wait_that_is_asked_for_is_told() -> None:
    answer, _ = await asked(says(b"HTTP/1.1 429 Later\r\nRetry-After: 17\r\ncontent-length: 0\r\n\r\n"))
    assert answer == Answer(429, retry_after="17")


async def test_too_much_of_an_answer_is_cut() -> None:
    answer, _ = await asked(with_body(b"1" * 5_000_000), answer_bytes_max=10)
    assert answer == Answer(200, "application/json", body=b"1" * 10, cut=True)


@pytest.mark.parametrize(
    ("behaviour", "problem"),
    [
        (drips, "no whole answer within 0.3 s"),
        (hangs, "silent for 0.2 s"),
        (hangs_up, "does not speak HTTP"),
        (says(b"\x16\x03\x01\x00\x00garbage\r\n\r\n"), "does not speak HTTP"),
        (says(b"HTTP/1.1 banana\r\n\r\n"), "does not speak HTTP"),
        (says(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd"), "does not speak HTTP"),
        (says(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"), "does not speak HTTP"),
        (says(b"HTTP/1.1 200 OK\r\nx: " + b"a" * 1_000_000), "a head of more than"),
        (says(b"HTTP/1.1 100 Continue\r\n\r\n" * 50), "silent for 0.2 s"),
    ],
    ids=[
        "drips",
        "hangs",
        "hangs up",
        "garbage",
        "no status",
        "two lengths",
        "no chunk",
        "endless header",
        "only 100s",
    ],
)
async def test_what_is_no_answer(behaviour: Behaviour, problem: str) -> None:
    outcome, _ = await asked(behaviour, read_timeout_s=0.2, timeout_s=0.3 if behaviour is drips else 10.0)
    assert isinstance(outcome, NoAnswer)
    assert not outcome.forbidden
    assert problem in str(outcome)
    assert len(str(outcome)) < 500


async def test_nobody_there() -> None:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{place.getsockname()[1]}/"
    poster = HttpPoster(LOOPBACK)
    with pytest.raises(NoAnswer, match="cannot be reached"):
        await posted(poster, url)
    await poster.close()


def named(*answers: Sequence[str]) -> Any:
    rest = list(answers)

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return rest.pop(0) if len(rest) > 1 else rest[0]

    return resolve


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["93.184.215.14", "127.0.0.1"],
        ["127.0.0.1", "93.184.215.14"],
        ["::ffff:127.0.0.1"],
        ["64:ff9b::7f00:1"],
        ["169.254.169.254"],
        ["100.64.0.1"],
        ["fe80::1%1"],
        ["0.0.0.0"],
    ],
    ids=str,
)
async def test_no_byte_goes_to_an_address_that_may_not_be_called(addresses: Sequence[str]) -> None:
    poster = HttpPoster((), named(addresses))
    async with peer(says(OK)) as one:
        with pytest.raises(NoAnswer, match="endpoint_forbidden") as caught:
            await posted(poster, f"https://innocent.example:{one.port}/")
        assert caught.value.forbidden
        assert one.connections == 0
    await poster.close()


async def test_a_name_that_moves_inside_is_seen_at_the_next_connection() -> None:
    """Public when it was kept, and when it was looked up first: each connection goes by its own look."""
    async with peer(hangs_up) as inside, peer(says(OK)) as outside:
        allowed = check_networks(["127.0.0.1/32"], "push_allow")
        poster = HttpPoster(allowed, named(["127.0.0.1"], ["127.0.0.2"]))
        await posted(poster, f"http://rebinds.example:{outside.port}/")
        outside.hang_up()
        while True:  # until the pool has seen that its connection is gone
            try:
                await posted(poster, f"http://rebinds.example:{outside.port}/")
            except NoAnswer as error:
                if error.forbidden:
                    break
        assert not inside.requests
        await poster.close()


async def test_without_tls_only_allowed_networks_are_called() -> None:
    poster = HttpPoster(LOOPBACK, named(["93.184.215.14"]))
    with pytest.raises(NoAnswer, match="outside of push_allow"):
        await posted(poster, "http://name.example/")
    with pytest.raises(NoAnswer, match="a private network"):
        await posted(HttpPoster(LOOPBACK), "https://10.0.0.1/")
    await poster.close()


async def test_a_name_that_cannot_be_resolved_or_hangs_is_no_answer() -> None:
    async def fails(_host: str, _port: int) -> Sequence[str]:
        raise socket.gaierror("Name or service not known")

    async def waits(_host: str, _port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return []

    with pytest.raises(NoAnswer, match="not known"):
        await posted(HttpPoster((), fails), "https://nowhere.example/")
    with pytest.raises(NoAnswer, match="no connection within"):
        await posted(HttpPoster((), waits), "https://nowhere.example/", connect_timeout_s=0.05)


async def test_an_endpoint_kept_under_other_settings_is_not_called() -> None:
    with pytest.raises(NoAnswer, match="endpoint_forbidden") as caught:
        await posted(HttpPoster(), "https://127.0.0.1:9999/")
    assert caught.value.forbidden


async def test_tls_is_verified_against_the_name_though_the_address_is_pinned(tmp_path: Path) -> None:
    authority = Authority(tmp_path / "authority", "those who vouch")
    authority.sign("server", "good.example")
    server_side = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server_side.load_cert_chain(authority.certificate("server"), authority.key("server"))
    client_side = ssl.create_default_context(cafile=authority.ca_file)
    async with peer(says(OK), server_side) as one:
        poster = HttpPoster(LOOPBACK, named(["127.0.0.1"]), client_side)
        assert (await posted(poster, f"https://good.example:{one.port}/")).status == 200
        with pytest.raises(NoAnswer, match=r"(?i)hostname|certificate"):
            await posted(poster, f"https://bad.example:{one.port}/")
        with pytest.raises(NoAnswer, match=r"(?i)certificate"):
            await posted(HttpPoster(LOOPBACK, named(["127.0.0.1"])), f"https://good.example:{one.port}/")
        assert len(one.requests) == 1
        await poster.close()
