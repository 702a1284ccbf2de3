"""Certificates for a test, signed by an authority of its own. Needs the program `openssl`."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


class Authority:
    """`<folder>/<name>.pem` and `<folder>/<name>.key` for itself (`ca`) and for everybody that it signs."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        folder.mkdir(parents=True)
        _openssl("req", "-x509", *CURVE, "-subj", f"/CN={name}", "-days", "2", *self._files("ca"))

    @property
    def ca_file(self) -> str:
        return self.certificate("ca")

    def certificate(self, name: str) -> str:
        return str(self.folder / f"{name}.pem")

    def key(self, name: str) -> str:
        return str(self.folder / f"{name}.key")

    def sign(self, name: str, host: str = "127.0.0.1") -> None:
        """A certificate for who is reached under this address, or who only connects."""
        request, extension = self.folder / f"{name}.csr", self.folder / f"{name}.ext"
        extension.write_text(f"subjectAltName={'IP' if host[-1].isdigit() else 'DNS'}:{host}\n")
        _openssl("req", "-new", *CURVE, "-subj", f"/CN={name}", "-keyout", self.key(name), "-out", str(request))
        _openssl(
            *("x509", "-req", "-days", "2", "-in", str(request), "-extfile", str(extension), "-CAcreateserial"),
            *("-CA", self.ca_file, "-CAkey", self.key("ca"), "-out", self.certificate(name)),
        )

    def _files(self, name: str) -> tuple[str, ...]:
        return ("-keyout", self.key(name), "-out", self.certificate(name))


def _openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)
