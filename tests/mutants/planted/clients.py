"""Bugs at the edges: the SDK and the wire."""

from typing import Final

from tests.mutants.mutant import Mutant

CLIENTS: Final = (
    Mutant(
        "a-try-again-has-a-token-of-its-own",
        "sdk/link.py",
        "            self._call = self._method.future(\n",
        "            if hasattr(self._request, 'request_token'):\n"
        "                self._request.request_token = bytes(15) + bytes([self._failures])\n"
        "            self._call = self._method.future(\n",
        ("tests/layers/test_sdk_schedule.py::test_a_lost_answer_makes_no_second_task",),
    ),
)
