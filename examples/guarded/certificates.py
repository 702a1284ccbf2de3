"""An authority and a server's certificate, by the program `openssl`. Use your own authority for anything real."""

import subprocess
from pathlib import Path

CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def make_certificates(folder: Path) -> dict[str, str]:
    """The files by their names: ca, certificate, key. The certificate is for 127.0.0.1, for two days."""
    files = {name: str(folder / f"{name}.pem") for name in ("ca", "ca_key", "certificate", "key", "request")}
    names = folder / "names.txt"
    names.write_text("subjectAltName=IP:127.0.0.1\n")
    _openssl(
        *("req", "-x509", *CURVE, "-days", "2", "-subj", "/CN=our own authority"),
        *("-keyout", files["ca_key"], "-out", files["ca"]),
    )
    _openssl("req", "-new", *CURVE, "-subj", "/CN=penstock", "-keyout", files["key"], "-out", files["request"])
    _openssl(
        *("x509", "-req", "-days", "2", "-in", files["request"], "-extfile", str(names), "-CAcreateserial"),
        *("-CA", files["ca"], "-CAkey", files["ca_key"], "-out", files["certificate"]),
    )
    return files


def _openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)
