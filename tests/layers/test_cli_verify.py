"""`penstock verify` over several streams, one of whose sources cannot be read."""

from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from typer.testing import CliRunner

from penstock.cli.verbs import verify as module
from penstock.model.errors import NotPossible, SourceUnreadable
from penstock.server.refusals import status_of
from penstock.wire.v1 import penstock_pb2 as pb

BROKEN = "source orders: there is no table shop.order_event"


class Platform:
    """In place of the client: of `orders` nothing can be known."""

    def __init__(self, *_: Any) -> None:
        pass

    def __enter__(self) -> "Platform":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def summaries(self, _stream: str, _subscription: str) -> list[pb.CursorSummary]:
        return [pb.CursorSummary(subscription=f"shop.{each}", stream=each) for each in ("files", "orders", "notes")]

    def verify(self, stream: str, _subscription: str) -> Iterator[pb.VerifyReply]:
        if stream == "orders":
            raise NotPossible(BROKEN)
        yield pb.VerifyReply(looked_at_us=1_700_000_000_000_000, subjects=3, subscriptions=[f"shop.{stream}"])


@pytest.fixture(autouse=True)
def platform(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CursorClient", Platform)


def test_a_source_that_cannot_be_read_says_nothing_of_the_others() -> None:
    said = CliRunner().invoke(module.verb, [])
    assert said.exit_code == 1
    assert f"orders: not known: {BROKEN}\n" in said.stdout
    assert "files: complete up to" in said.stdout
    assert "notes: complete up to" in said.stdout


def test_programs_are_told_which() -> None:
    said = CliRunner().invoke(module.verb, ["--json"])
    assert said.exit_code == 1
    assert f'"unreadable": "{BROKEN}"' in said.stdout
    assert said.stdout.count('"complete": true') == 2


def test_it_is_not_the_platform_that_does_not_answer() -> None:
    assert status_of(SourceUnreadable(BROKEN)) is grpc.StatusCode.FAILED_PRECONDITION
