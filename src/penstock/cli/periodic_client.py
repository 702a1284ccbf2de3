"""Periodic schedules as the command line asks for them."""

from collections.abc import Iterator, Sequence
from typing import Final, cast

from penstock.cli.client import Client
from penstock.model.limits import LIST_PAGE_MAX
from penstock.wire.v1 import penstock_pb2 as pb

BACKFILL_TIMEOUT_S: Final = 120.0


class PeriodicClient(Client):
    """Every method raises `PenstockError`s only."""

    def create(self, definition: pb.PeriodicDefinition) -> pb.CreatePeriodicReply:
        """Makes it, or finds it as it is."""
        request = pb.CreatePeriodicRequest(namespace=self._namespace, definition=definition)
        return cast("pb.CreatePeriodicReply", self._call("CreatePeriodic", request))

    def get(self, name: str) -> pb.GetPeriodicReply:
        """All about one."""
        request = pb.GetPeriodicRequest(namespace=self._namespace, name=name)
        return cast("pb.GetPeriodicReply", self._call("GetPeriodic", request))

    def schedules(self, lambda_name: str, limit: int) -> Iterator[pb.PeriodicSchedule]:
        """Up to `limit` by name, page by page; without their payloads."""
        wanted = pb.ListPeriodicRequest(namespace=self._namespace)
        setattr(wanted, "lambda", lambda_name)
        while limit > 0:
            wanted.page_size = min(limit, LIST_PAGE_MAX)
            page = cast("pb.ListPeriodicReply", self._call("ListPeriodic", wanted))
            yield from page.schedules[:limit]
            limit -= len(page.schedules)
            wanted.page_token = page.next_page_token
            if not wanted.page_token:
                return

    def delete(self, name: str) -> None:
        """Its tasks stay."""
        self._call("DeletePeriodic", pb.DeletePeriodicRequest(namespace=self._namespace, name=name))

    def pause(self, name: str) -> pb.PeriodicSchedule:
        """No more tasks."""
        request = pb.PausePeriodicRequest(namespace=self._namespace, name=name)
        return cast("pb.PeriodicSchedule", self._call("PausePeriodic", request))

    def resume(self, name: str) -> pb.PeriodicSchedule:
        """Tasks again, from now on."""
        request = pb.ResumePeriodicRequest(namespace=self._namespace, name=name)
        return cast("pb.PeriodicSchedule", self._call("ResumePeriodic", request))

    def next_ticks(self, name: str, count: int) -> Sequence[int]:
        """In microseconds since 1970."""
        request = pb.NextTicksRequest(namespace=self._namespace, name=name, count=count)
        return cast("pb.NextTicksReply", self._call("NextTicks", request)).ticks_us

    def backfill(self, name: str, from_us: int, until_us: int) -> pb.BackfillPeriodicReply:
        """Tasks for past ticks."""
        request = pb.BackfillPeriodicRequest(namespace=self._namespace, name=name, from_us=from_us, until_us=until_us)
        return cast("pb.BackfillPeriodicReply", self._call("BackfillPeriodic", request, timeout_s=BACKFILL_TIMEOUT_S))
