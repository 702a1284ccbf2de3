"""A worker's calls to the frontend."""

import logging
from collections.abc import Sequence
from typing import Final

import grpc

from penstock.adapters.grpc.channel import open_channel, refused, translated
from penstock.model.errors import Unavailable
from penstock.model.periodic import Definition
from penstock.ports.registry import Registration
from penstock.wire.credentials import Bearer, Credentials
from penstock.wire.periodic_codec import definition_to_wire
from penstock.wire.quota_codec import declared_to_wire
from penstock.wire.subscription_codec import subscription_to_wire
from penstock.wire.v1 import penstock_pb2 as pb
from penstock.wire.v1 import penstock_pb2_grpc as pb_grpc

log = logging.getLogger(__name__)

TIMEOUT_S: Final = 10.0
LOOK_UP_TIMEOUT_S: Final = 1.0
"""short: a heartbeat may be waiting for it"""
OPEN: Final = Credentials()
"""for a platform that asks nobody who they are"""


class FrontendLink:
    """One channel, on the running loop."""

    def __init__(self, address: str, namespace: str = "", credentials: Credentials = OPEN) -> None:
        self._channel = open_channel(address, credentials)
        self._bearer = Bearer(credentials)
        self._stub = pb_grpc.FrontendStub(self._channel)
        self._namespace = namespace

    async def register(
        self,
        registrations: Sequence[Registration],
        app: str,
        schedules: Sequence[Definition],
        accept_signatures: bool = False,
    ) -> list[str]:
        """Tell what is served here, and all schedules of the app; the orchestrators' addresses. `accept_signatures`:
        even if tasks wait that these lambdas cannot take.

        Raises `InvalidInput`, `NotAuthenticated` and `NotPermitted` when refused; `Unavailable` while there is none.
        """
        request = pb.RegisterLambdasRequest(
            namespace=self._namespace,
            lambdas=[_to_wire(registration) for registration in registrations],
            app=app,
            schedules=[definition_to_wire(schedule) for schedule in schedules],
            accept_signatures=accept_signatures,
        )
        try:
            reply = await self._stub.RegisterLambdas(request, timeout=TIMEOUT_S, metadata=self._bearer.metadata())
        except grpc.RpcError as error:
            raise refused(error) or translated(error, "the frontend") from None
        for warning in reply.warnings:
            log.warning("%s", warning)
        for name in reply.retired_schedules:
            log.warning("periodic schedule %s is no longer in the code of %s: it makes no more tasks", name, app)
        if not reply.orchestrators:
            raise Unavailable("no orchestrator is up yet")
        return list(reply.orchestrators)

    async def orchestrators(self) -> list[str]:
        """The orchestrators' addresses as they are now; raises `Unavailable`."""
        try:
            reply = await self._stub.GetServerInfo(
                pb.GetServerInfoRequest(), timeout=LOOK_UP_TIMEOUT_S, metadata=self._bearer.metadata()
            )
        except grpc.RpcError as error:
            raise translated(error, "the frontend") from None
        return [address for address in reply.facts["orchestrators"].split(",") if address]

    async def close(self) -> None:
        """Close the channel."""
        await self._channel.close()


def _to_wire(registration: Registration) -> pb.LambdaRegistration:
    policy = registration.policy
    return pb.LambdaRegistration(
        name=registration.name,
        version=registration.version,
        policy=pb.LambdaPolicy(
            attempts_max=policy.attempts_max,
            timeout_s=policy.timeout_s,
            backoff_base_s=policy.backoff_base_s,
            backoff_factor=policy.backoff_factor,
            backoff_max_s=policy.backoff_max_s,
            quota=declared_to_wire(policy.quota),
        ),
        signature=registration.signature,
        description=registration.description,
        subscription=None if registration.subscription is None else subscription_to_wire(registration.subscription),
    )
