"""What a platform says that takes a call not now."""

from typing import Any

import grpc

from penstock.model.errors import Refused
from penstock.wire.refusal_codec import DETAILS_KEY, refusal_from_wire


def refusal_of(call: Any) -> Refused | None:
    """Of a call that has ended, or its error; None: it was answered, or refused for good."""
    if call.code() is not grpc.StatusCode.RESOURCE_EXHAUSTED:
        return None
    for key, value in call.trailing_metadata() or ():
        if key == DETAILS_KEY and isinstance(value, bytes):
            return refusal_from_wire(value)
    return None
