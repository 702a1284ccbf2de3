"""Orders over many tasks from the command line, where a look before takes too long."""

from typing import TYPE_CHECKING, Any, cast

import pytest

from penstock.cli.exits import OK
from penstock.cli.many import order_many
from penstock.model.errors import Unavailable
from penstock.wire.v1 import penstock_pb2 as pb

if TYPE_CHECKING:
    from penstock.cli.client import Client


class SlowToLook:
    """A platform on which so much stands that nobody can count it in time."""

    def __init__(self) -> None:
        self.orders: list[pb.StartSweepRequest] = []

    def preview_sweep(self, kind: pb.SweepKind, selection: pb.TaskSelection) -> pb.PreviewSweepReply:
        raise Unavailable("the statement took too long")

    def start_sweep(self, order: pb.StartSweepRequest) -> pb.Sweep:
        self.orders.append(order)
        return pb.Sweep(sweep_id=order.request_token, kind=order.kind, status=pb.SWEEP_STATUS_RUNNING)

    def sweeps(self, limit: int) -> list[pb.Sweep]:
        [order] = self.orders
        return [pb.Sweep(sweep_id=order.request_token, kind=order.kind, status=pb.SWEEP_STATUS_DONE, handled=7)]


def order(platform: SlowToLook, **flags: Any) -> int:
    request = pb.StartSweepRequest(kind=pb.SWEEP_KIND_CANCEL, selection=pb.TaskSelection(collection="news"))
    said = {"preview": False, "yes": False, "as_json": False} | flags
    return order_many(cast("Client", platform), request, **said)


def test_who_has_said_yes_need_not_see_how_many(capsys: pytest.CaptureFixture[str]) -> None:
    platform = SlowToLook()
    assert order(platform, yes=True) == OK
    [ordered] = platform.orders
    assert "@" in ordered.asked_by
    told = capsys.readouterr()
    assert "cancel: 0\n" in told.err
    assert "done" in told.out


@pytest.mark.parametrize("flags", [{}, {"preview": True}, {"preview": True, "yes": True}], ids=str)
def test_nobody_says_yes_to_what_he_cannot_see(flags: dict[str, bool]) -> None:
    platform = SlowToLook()
    with pytest.raises(Unavailable):
        order(platform, **flags)
    assert not platform.orders
