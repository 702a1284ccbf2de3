"""`ping`: a hint that a subject has come further at its source."""

import logging
from operator import index

from penstock.model.errors import Unavailable
from penstock.model.event_rules import check_sequence, check_stream, check_subject
from penstock.sdk.connection import Connection
from penstock.sdk.ping_shipping import PingCall

log = logging.getLogger("penstock")


async def ping(connection: Connection, stream: str, subject: str, sequence: int) -> bool:
    """Whether the platform has taken it."""
    call = PingCall(check_stream(stream), check_subject(subject), check_sequence(index(sequence)))
    try:
        return await connection.client().ping_outbox.put(call)
    except Unavailable as error:
        log.info("a ping of %s was not taken, its subject will be found by refresh: %s", stream, error)
        return False
