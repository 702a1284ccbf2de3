"""Orders and questions about quotas, over the command line's client."""

from typing import cast

from penstock.cli.client import Client
from penstock.wire.v1 import penstock_pb2 as pb


class QuotaClient(Client):
    """Every method raises `PenstockError`s only."""

    def set_quota(self, order: pb.SetQuotaRequest) -> list[pb.Quota]:
        """Sets or clears one; the lambda's quotas afterwards."""
        order.namespace = self._namespace
        return list(self._call("SetQuota", order).quotas)

    def quotas(self, lambda_name: str) -> list[pb.Quota]:
        """Those that stand; of one lambda, or of all for ""."""
        request = pb.ListQuotasRequest(namespace=self._namespace, **{"lambda": lambda_name})
        return list(cast("pb.ListQuotasReply", self._call("ListQuotas", request)).quotas)

    def quota_history(self, lambda_name: str, limit: int) -> list[pb.QuotaLine]:
        """Who ordered what, the latest first."""
        request = pb.QuotaHistoryRequest(namespace=self._namespace, limit=limit)
        setattr(request, "lambda", lambda_name)
        return list(cast("pb.QuotaHistoryReply", self._call("QuotaHistory", request)).lines)
