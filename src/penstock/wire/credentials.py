"""What a client shows the platform: a token, and by TLS who it trusts and who it is."""

import ssl
from pathlib import Path
from typing import Final

import grpc
from msgspec import Struct

from penstock.model.access_token import presented
from penstock.model.errors import InvalidInput, NotAuthenticated
from penstock.wire.files import read_pem, read_secret

PUBLIC: Final = "public"
"""for `ca_file`: the authorities that gRPC brings along"""
HEADER: Final = "authorization"
SCHEME: Final = "Bearer"
Metadata = tuple[tuple[str, str], ...]


class Credentials(Struct, frozen=True):
    """Names as in the settings. Without `ca_file` nothing is encrypted; without a token nobody is named."""

    token: str = ""
    token_file: str = ""
    ca_file: str = ""
    client_certificate_file: str = ""
    client_key_file: str = ""

    def __repr__(self) -> str:
        """Never the token."""
        return f"Credentials(ca_file={self.ca_file!r}, with a token: {bool(self.token or self.token_file)})"

    def check(self) -> "Credentials":
        """Raises `InvalidInput` for what excludes or needs another, for files that cannot be read, and for a text
        that is no token; no message repeats it.
        """
        if self.token and self.token_file:
            raise InvalidInput("token_file", "and token exclude each other; set one of them")
        if bool(self.client_certificate_file) != bool(self.client_key_file):
            raise InvalidInput("client_certificate_file", "and client_key_file belong together; set both or neither")
        if self.client_certificate_file and not self.ca_file:
            raise InvalidInput("client_certificate_file", f"needs TLS: set ca_file as well, or to {PUBLIC!r}")
        if self.token:
            _check_token("token", self.token)
        if self.token_file:
            _check_token("token_file", read_secret("token_file", self.token_file))
        self.channel_credentials()
        return self

    def channel_credentials(self) -> grpc.ChannelCredentials | None:
        """For a secure channel; None for a plain one. Raises `InvalidInput`."""
        if not self.ca_file:
            return None
        roots = None if self.ca_file == PUBLIC else read_pem("ca_file", self.ca_file)
        if not self.client_certificate_file:
            return grpc.ssl_channel_credentials(roots)
        certificate = read_pem("client_certificate_file", self.client_certificate_file)
        key = read_pem("client_key_file", self.client_key_file)
        check_pair("client_certificate_file", self.client_certificate_file, self.client_key_file)
        return grpc.ssl_channel_credentials(roots, key, certificate)


class Bearer:
    """The metadata of each call. A token in a file may be exchanged while we run: a changed file is read again."""

    def __init__(self, credentials: Credentials) -> None:
        self._file = credentials.token_file
        self._seen: tuple[int, ...] = ()
        self._metadata = _metadata(credentials.token)

    def metadata(self) -> Metadata:
        """For the next call; what was read last when the file cannot be read now."""
        if self._file:
            self._look_at_the_file()
        return self._metadata

    def _look_at_the_file(self) -> None:
        try:
            state = Path(self._file).stat()
            seen = (state.st_mtime_ns, state.st_size, state.st_ino)
            if seen != self._seen:
                self._metadata = _metadata(read_secret("token_file", self._file))
                self._seen = seen
        except (OSError, InvalidInput):
            return


def check_pair(field: str, certificate_file: str, key_file: str) -> None:
    """Refuses a certificate and a key that do not belong together, with `InvalidInput`."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate_file, key_file, password=_no_password)
    except (ssl.SSLError, ValueError) as error:
        reason = getattr(error, "reason", None) or str(error)
        raise InvalidInput(
            field, f"{certificate_file} and the key {key_file} cannot be used together: {reason}; both are PEM files"
        ) from None


def _no_password() -> str:
    raise ValueError("the key has a password, and nobody is here to type it")


def _check_token(field: str, text: str) -> None:
    try:
        presented(text)
    except NotAuthenticated:
        raise InvalidInput(
            field,
            "is no token; one looks like penstock_<16 hex digits>_<64 hex digits>, as `penstock tokens create` "
            "prints it",
        ) from None


def _metadata(token: str) -> Metadata:
    return ((HEADER, f"{SCHEME} {token}"),) if token else ()
