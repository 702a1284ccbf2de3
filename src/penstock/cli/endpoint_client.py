"""Orders and questions about endpoints, over the command line's client."""

from typing import cast

from penstock.cli.client import Client
from penstock.wire.v1 import penstock_pb2 as pb


class EndpointClient(Client):
    """Every method raises `PenstockError`s only."""

    def put(self, lambda_name: str, spec: pb.EndpointSpec) -> pb.PutEndpointReply:
        """Makes one, or changes it."""
        request = pb.PutEndpointRequest(namespace=self._namespace, spec=spec, **{"lambda": lambda_name})
        return cast("pb.PutEndpointReply", self._call("PutEndpoint", request))

    def endpoints(self, lambda_name: str = "") -> list[pb.Endpoint]:
        """One, or all for ""."""
        request = pb.ListEndpointsRequest(namespace=self._namespace, **{"lambda": lambda_name})
        return list(cast("pb.ListEndpointsReply", self._call("ListEndpoints", request)).endpoints)

    def remove(self, lambda_name: str) -> None:
        """It is none any more."""
        self._call("RemoveEndpoint", pb.RemoveEndpointRequest(namespace=self._namespace, **{"lambda": lambda_name}))

    def rotate(self, lambda_name: str, both_s: float) -> pb.PutEndpointReply:
        """Another secret."""
        request = pb.RotateEndpointRequest(namespace=self._namespace, both_s=both_s, **{"lambda": lambda_name})
        return cast("pb.PutEndpointReply", self._call("RotateEndpoint", request))

    def switch(self, lambda_name: str, *, enabled: bool, reason: str) -> pb.Endpoint:
        """Work is sent, or none."""
        request = pb.SwitchEndpointRequest(
            namespace=self._namespace, enabled=enabled, reason=reason, **{"lambda": lambda_name}
        )
        return cast("pb.Endpoint", self._call("SwitchEndpoint", request))
