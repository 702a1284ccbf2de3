"""The wire code is what `make proto` makes of proto/."""

import subprocess
import sys

from tests.law.tree import ROOT


def test_generated_wire_code_is_current() -> None:
    command = [sys.executable, "-m", "proto.generate", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
