"""A payment provider that is down at the first request of an order, and takes each reference once."""

import json
import os
from pathlib import Path

LEDGER = Path(os.environ.get("LEDGER", "ledger.jsonl"))


class ProviderDown(Exception):
    """It will work again later."""


class CardDeclined(Exception):
    """It will not."""


def charge(order: str, cents: int, reference: str) -> str:
    """The receipt. The same reference is the same charge, however often it is asked for."""
    if cents > 100_000:
        raise CardDeclined(f"{cents / 100:.2f} is over the limit")
    entries = [json.loads(line) for line in LEDGER.read_text().splitlines()] if LEDGER.exists() else []
    if not any(entry["order"] == order for entry in entries):
        _note({"order": order, "asked": reference})
        raise ProviderDown("502")
    if not any(entry.get("charged") == reference for entry in entries):
        _note({"order": order, "charged": reference, "cents": cents})
    return f"order {order}: {cents / 100:.2f} charged"


def charged() -> list[str]:
    """The orders that were charged, each as often as it was."""
    entries = [json.loads(line) for line in LEDGER.read_text().splitlines()]
    return [entry["order"] for entry in entries if "charged" in entry]


def _note(entry: dict[str, object]) -> None:
    with LEDGER.open("a") as ledger:
        ledger.write(json.dumps(entry) + "\n")
