"""The third party: takes webhooks, believes only what is signed, and is out of order now and then.

A program of its own: `python -m minibox.receiver FILE` prints its address, and notes in the file what it took. The
secret that it shares with the sender is in MINIBOX_WEBHOOK_SECRET.
"""

import itertools
import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from penstock.server.parent_watch import watch_parent

from .signature import BadSignature, verify

REFUSES_EVERY = 40
"""request is one of these answered with 503: third parties are like that"""


class Receiver(ThreadingHTTPServer):
    """Listens on loopback, at any free port."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, secret: str, notes: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.secret = secret
        self.count = itertools.count(1)
        self._notes, self._lock = notes, threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/changes"

    def note(self, **words: object) -> None:
        """One line, whole."""
        with self._lock, self._notes.open("a") as file:
            file.write(json.dumps(words) + "\n")


def received_upto(notes: Path) -> dict[str, int]:
    """The last sequence of each path that it was told of."""
    upto: dict[str, int] = {}
    for line in notes.read_text().splitlines() if notes.is_file() else ():
        noted = json.loads(line)
        if "id" in noted:
            upto[noted["path"]] = max(noted["sequence"], upto.get(noted["path"], 0))
    return upto


class _Handler(BaseHTTPRequestHandler):
    server: Receiver
    timeout = 30

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            message_id = verify(self.server.secret, headers, body, time.time())
        except BadSignature as problem:
            self.server.note(refused=str(problem))
            self._answer(401)
            return
        if next(self.server.count) % REFUSES_EVERY == 0:
            self.server.note(unwell=message_id)
            self._answer(503)
            return
        self.server.note(id=message_id, **json.loads(body)["data"])
        self._answer(204)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the base class
        """Says nothing of each request."""


if __name__ == "__main__":
    watch_parent()
    receiver = Receiver(os.environ["MINIBOX_WEBHOOK_SECRET"], Path(sys.argv[1]))
    print(receiver.url, flush=True)
    receiver.serve_forever()
