"""An app's way to the platform: opened at the first use, once in each process."""

import atexit
import os
import threading
import weakref
from typing import Final

from penstock.model.names import check_namespace
from penstock.sdk.address import find_address, find_namespace
from penstock.sdk.client import Client
from penstock.sdk.credentials import find_credentials
from penstock.sdk.surroundings import REAL, Surroundings


class Connection:
    """Raises from `client` what `find_address` and `find_credentials` raise."""

    def __init__(
        self,
        address: str = "",
        namespace: str = "",
        timeout_s: float = 30.0,
        strict: bool = False,
        surroundings: Surroundings = REAL,
    ) -> None:
        self._address, self._namespace = address, namespace
        self._timeout_s, self._strict, self._surroundings = timeout_s, strict, surroundings
        self._lock = threading.Lock()
        self._client: Client | None = None
        _connections.add(self)

    def client(self) -> Client:
        """This process's client."""
        return self._client or self._open()

    def point_at(self, address: str, namespace: str) -> None:
        """Use another platform from now on."""
        self.close()
        self._address, self._namespace = address, namespace or self._namespace

    def close(self) -> None:
        """Close what is open; the next use opens it again."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def leave(self) -> None:
        """The process ends."""
        if self._client is not None:
            self._client.leave()

    def forget(self) -> None:
        """After a fork: what the parent opened is the parent's, and its lock may be held by a thread that is not."""
        self._lock = threading.Lock()
        self._client = None

    def _open(self) -> Client:
        with self._lock:
            if self._client is None:
                self._client = Client(
                    find_address(self._address),
                    check_namespace(find_namespace(self._namespace)),
                    find_credentials(),
                    self._timeout_s,
                    self._strict,
                    self._surroundings,
                )
            return self._client


_connections: Final[weakref.WeakSet[Connection]] = weakref.WeakSet()


def _forget_all() -> None:
    for connection in list(_connections):
        connection.forget()


def _leave_all() -> None:
    for connection in list(_connections):
        connection.leave()


os.register_at_fork(after_in_child=_forget_all)
atexit.register(_leave_all)
