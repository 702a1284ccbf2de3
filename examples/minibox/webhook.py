"""A signed webhook: a third party is told of every change, and told again until it has said yes."""

import json
import os
import time
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from penstock import Event, RetriableFailure, Retry

from .box import STREAM, FileChange, app
from .history import witnessed
from .signature import signed_headers

URL_VARIABLE = "MINIBOX_WEBHOOK_URL"
SECRET_VARIABLE = "MINIBOX_WEBHOOK_SECRET"
_PATIENCE_S = 10.0


@app.on(STREAM, start="beginning", retry=Retry(max_attempts=20, backoff=0.2, backoff_max=5))
def webhook(event: Event[FileChange]) -> None:
    """One message an event; its id is the same each time, so that the receiver knows one that it has had."""
    with witnessed(event):
        told = {"path": event.subject, "sequence": event.sequence, "size": event.data.size}
        body = json.dumps({"type": event.type, "data": told}).encode()
        status = _post(body, signed_headers(os.environ[SECRET_VARIABLE], event.id, int(time.time()), body))
        if not 200 <= status < 300:
            raise RetriableFailure(f"the receiver answered {status}")


def _post(body: bytes, headers: dict[str, str]) -> int:
    place = urlsplit(os.environ[URL_VARIABLE])
    connection = HTTPConnection(place.hostname or "", place.port, timeout=_PATIENCE_S)
    try:
        connection.request("POST", place.path or "/", body, {"content-type": "application/json", **headers})
        return connection.getresponse().status
    except (OSError, HTTPException) as error:
        raise RetriableFailure(f"the receiver was not reached: {error}") from error
    finally:
        connection.close()
