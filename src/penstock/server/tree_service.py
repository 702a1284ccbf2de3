"""The part of gRPC service Frontend that knows families of tasks."""

from typing import Any

import grpc

from penstock.frontend.tree import Parent, TreeDesk
from penstock.model.identity import id_of_bytes
from penstock.server.refusals import answers_errors
from penstock.wire.chain_codec import link_to_wire
from penstock.wire.numbers import STATUS_TO_WIRE
from penstock.wire.task_codec import ended_to_wire, view_to_wire
from penstock.wire.v1 import penstock_pb2 as pb
from penstock.wire.v1 import penstock_pb2_grpc as pb_grpc

Context = grpc.aio.ServicerContext[Any, Any]


class TreeService(pb_grpc.FrontendServicer):
    """One method for each call; every error is a status with a sentence."""

    def __init__(self, desk: TreeDesk) -> None:
        self._tree = desk

    @answers_errors
    async def ListParents(self, request: pb.ListParentsRequest, _context: Context) -> pb.ListParentsReply:  # noqa: N802 - the wire's names, here and below
        page = await self._tree.parents(request.namespace, id_of_bytes(request.task_id), request.from_place)
        return pb.ListParentsReply(parents=[_parent(each) for each in page.parents], next_place=page.next_place)

    @answers_errors
    async def GetTree(self, request: pb.GetTreeRequest, _context: Context) -> pb.GetTreeReply:  # noqa: N802
        tree = await self._tree.tree(request.namespace, id_of_bytes(request.task_id), request.limit)
        return pb.GetTreeReply(
            tasks=[view_to_wire(view) for view in tree.tasks],
            links=[link_to_wire(link) for link in tree.links],
            cut=tree.cut,
        )

    @answers_errors
    async def CancelTree(self, request: pb.CancelTreeRequest, _context: Context) -> pb.CancelTreeReply:  # noqa: N802
        done = await self._tree.cancel(request.namespace, id_of_bytes(request.task_id))
        return pb.CancelTreeReply(
            cancelled=done.cancelled, asked_to_stop=done.asked_to_stop, done=done.done, cut=done.cut
        )


def _parent(parent: Parent) -> pb.Task:
    if parent.ended is not None:
        return ended_to_wire(parent.ended.outcome, parent.ended.lambda_name, parent.ended.retried_as or b"")
    status = pb.STATUS_UNSPECIFIED if parent.lives is None else STATUS_TO_WIRE[parent.lives]
    return pb.Task(task_id=parent.id, status=status)
