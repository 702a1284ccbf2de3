"""A client that knows HTTP and JSON only, and nothing of Penstock: it schedules, waits, publishes and reads.

With a platform and a worker running (`penstock dev shop:app`), in this folder:

    python client.py
"""

import json
import os
import sys
import urllib.error
import urllib.request
import uuid
from pathlib import Path
from typing import Any


def where() -> str:
    """The URL that `penstock dev` wrote, or HTTP_URL."""
    return os.environ.get("HTTP_URL") or (Path(".penstock") / "http_address").read_text().strip()


def call(method: str, path: str, body: Any = None, content_type: str = "application/json", **headers: str) -> Any:
    """The answer's JSON; a refusal is raised with the sentence that it carries."""
    if "PENSTOCK_TOKEN" in os.environ:
        headers["Authorization"] = f"Bearer {os.environ['PENSTOCK_TOKEN']}"
    request = urllib.request.Request(where() + path, method=method, headers=headers)
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("Content-Type", content_type)
    try:
        with urllib.request.urlopen(request) as reply:
            return json.load(reply)
    except urllib.error.HTTPError as refusal:
        raise SystemExit(f"{refusal.code}: {json.load(refusal)['detail']}") from None


def main(order: str) -> None:
    # Schedule a task. The key makes the call repeatable: whoever heard no answer just sends it again.
    key = {"Idempotency-Key": str(uuid.uuid4())}
    groups = [{"lambda": "shop.total", "payloads": [{"prices": [12, 30]}], "attributes": {"order": order}}]
    scheduled = [call("POST", "/v1/tasks", {"groups": groups}, **key)["task_ids"] for _ in range(2)]
    print("scheduled once:", scheduled[0] == scheduled[1])

    # Wait for it.
    [task_id] = scheduled[0]
    ended = []
    while not ended:
        ended = call("POST", "/v1/tasks/await", {"task_ids": [task_id], "wait_s": 20})["ended"]
    print(ended[0]["status"], ended[0]["result"])
    found = call("GET", f"/v1/tasks?attributes=order={order}")["tasks"]
    print("found by its attribute:", [each["task_id"] for each in found] == [task_id])

    # Publish CloudEvents; each source and id is stored once.
    plain = {"specversion": "1.0", "source": "/shop", "subject": order}
    events = [
        {**plain, "id": f"{order}/placed", "type": "order.placed", "data": {"total": ended[0]["result"]}},
        {**plain, "id": f"{order}/paid", "type": "order.paid"},
    ]
    for _ in range(2):
        answer = call("POST", "/v1/streams/shop-orders/events", events, "application/cloudevents-batch+json")
        print(len(answer["sequences"]), "events,", len(answer["existing"]), "of them known")

    # Read them again, in their order.
    for event in call("GET", f"/v1/streams/shop-orders/events?subject={order}")["events"]:
        print(event["type"], event.get("data"))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "order-17")
