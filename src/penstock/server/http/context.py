"""What stands in for gRPC's context while a method of a service is called in process."""

from collections.abc import Sequence
from typing import Any, Final, NoReturn

import grpc

from penstock.wire.refusal_codec import DETAILS_KEY

_LOCAL: Final = "unix:"


class HttpContext:
    """As much of `grpc.aio.ServicerContext` as our services and the doorkeeper use.

    `client`: host and port of the caller.
    """

    def __init__(self, client: tuple[str, int] | None) -> None:
        self._client = client
        self._code = grpc.StatusCode.OK
        self._detail = ""
        self.status_details = b""
        """of a refusal for now"""

    async def abort(
        self, code: grpc.StatusCode, details: str = "", trailing_metadata: Sequence[tuple[str, Any]] = ()
    ) -> NoReturn:
        """Always raises."""
        self._code, self._detail = code, details
        self.status_details = next((value for name, value in trailing_metadata if name == DETAILS_KEY), b"")
        raise grpc.aio.AbortError(details)

    def code(self) -> grpc.StatusCode:
        """With what it was aborted; OK if it was not."""
        return self._code

    def details(self) -> str:
        """The sentence of an abort."""
        return self._detail

    def peer(self) -> str:
        """In gRPC's form, as audits have it."""
        if self._client is None:
            return _LOCAL
        host, port = self._client
        return f"ipv6:[{host}]:{port}" if ":" in host else f"ipv4:{host}:{port}"
