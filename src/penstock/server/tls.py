"""TLS as the settings name it, and on which ports it is spoken."""

import grpc

from penstock.settings import Settings
from penstock.wire.credentials import check_pair
from penstock.wire.files import read_pem


def server_credentials(settings: Settings) -> grpc.ServerCredentials | None:
    """What servers prove themselves with, and whose clients they let in; None for plain ports.

    Raises `InvalidInput` for files that cannot be read or do not belong together.
    """
    if not settings.tls_certificate_file:
        return None
    certificate = read_pem("tls_certificate_file", settings.tls_certificate_file)
    key = read_pem("tls_key_file", settings.tls_key_file)
    check_pair("tls_certificate_file", settings.tls_certificate_file, settings.tls_key_file)
    if not settings.tls_client_ca_file:
        return grpc.ssl_server_credentials([(key, certificate)])
    authority = read_pem("tls_client_ca_file", settings.tls_client_ca_file)
    return grpc.ssl_server_credentials([(key, certificate)], authority, require_client_auth=True)
