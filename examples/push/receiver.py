"""An HTTP endpoint that takes tasks and events: it verifies who sent them, and does each of them once.

    penstock dev                                                           # in one terminal
    python receiver.py 8090 secret                                         # in another one
    penstock endpoints add billing.charge http://127.0.0.1:8090/ > secret  # and in a third one
    penstock schedule billing.charge '{"order": 7}' --wait

It needs `pip install standardwebhooks cloudevents`, and knows nothing of Penstock.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from cloudevents.core.formats.json import JSONFormat
from standardwebhooks import Webhook, WebhookVerificationError

SECRET = Path(sys.argv[2])
done: set[str] = set()


class Receiver(BaseHTTPRequestHandler):
    """One POST for each attempt."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers["content-length"]))
        try:
            Webhook(SECRET.read_text().strip()).verify(body, headers)
        except WebhookVerificationError:
            self.answer(401, {"problem": "not signed by who we know"})
            return
        event = from_http_event(HTTPMessage(headers, body), JSONFormat())
        if headers["webhook-id"] in done:  # an attempt whose answer was lost comes again, under the same id
            self.answer(200, {"again": event.get_id()})
            return
        print(f"{event.get_type()} {json.dumps(event.get_data())}", flush=True)
        done.add(headers["webhook-id"])
        self.answer(200, {"charged": event.get_data()})

    def answer(self, status: int, said: Any) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Its own lines say enough."""


if __name__ == "__main__":
    with ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver) as server:
        print(f"listening on http://127.0.0.1:{server.server_port}/", flush=True)
        server.serve_forever()
