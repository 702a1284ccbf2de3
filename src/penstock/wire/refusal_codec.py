"""A refusal for now on the wire: RESOURCE_EXHAUSTED with google.rpc.RetryInfo and ErrorInfo in the status details."""

from typing import Final

from google.protobuf.any_pb2 import Any
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import DecodeError

from penstock.model.errors import Overloaded, QuotaExceeded, Refused
from penstock.wire.v1 import refusal_pb2 as pb

DETAILS_KEY: Final = "grpc-status-details-bin"
RESOURCE_EXHAUSTED: Final = 8
DOMAIN: Final = "penstock"
QUOTA_EXCEEDED: Final = "QUOTA_EXCEEDED"
OVERLOADED: Final = "OVERLOADED"
_RETRY_INFO: Final = "type.googleapis.com/google.rpc.RetryInfo"
_ERROR_INFO: Final = "type.googleapis.com/google.rpc.ErrorInfo"


def refusal_to_wire(refusal: Refused) -> bytes:
    """The status details."""
    delay = Duration()
    delay.FromNanoseconds(round(refusal.retry_after_s * 1e9))
    info = pb.ErrorInfo(reason=OVERLOADED, domain=DOMAIN)
    if isinstance(refusal, QuotaExceeded):
        info.reason = QUOTA_EXCEEDED
        info.metadata.update({"lambda": refusal.lambda_name, "quota": refusal.quota})
    details = [
        Any(type_url=_RETRY_INFO, value=pb.RetryInfo(retry_delay=delay).SerializeToString()),
        Any(type_url=_ERROR_INFO, value=info.SerializeToString()),
    ]
    return pb.StatusDetails(code=RESOURCE_EXHAUSTED, message=str(refusal), details=details).SerializeToString()


def refusal_from_wire(details: bytes) -> Refused | None:
    """None: it names no delay, so it is no refusal for now."""
    status, retry, info = pb.StatusDetails(), None, pb.ErrorInfo()
    try:
        status.ParseFromString(details)
        for each in status.details:
            if each.type_url == _RETRY_INFO:
                retry = pb.RetryInfo.FromString(each.value)
            elif each.type_url == _ERROR_INFO:
                info.ParseFromString(each.value)
    except DecodeError:
        return None
    if retry is None:
        return None
    delay_s = max(0.0, retry.retry_delay.ToNanoseconds() / 1e9)
    if info.domain == DOMAIN and info.reason == QUOTA_EXCEEDED:
        return QuotaExceeded(status.message, delay_s, info.metadata["lambda"], info.metadata["quota"])
    return Overloaded(status.message, delay_s)
