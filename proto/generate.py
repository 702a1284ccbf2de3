"""Generate src/penstock/wire/v1 from proto/penstock/v1; with --check, fail when it differs."""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from importlib import resources
from pathlib import Path

from grpc_tools import protoc

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "proto"
TARGET = ROOT / "src" / "penstock" / "wire" / "v1"
SUFFIXES = (".py", ".pyi", ".binpb")

# protoc derives Python modules from the proto path (penstock.v1); ours live in penstock.wire.v1. Only these
# two places name a module: the same words inside the serialized descriptor are the package and must stay.
IMPORT = re.compile(r"^from penstock\.v1(?=\.\w+ import | import )", re.MULTILINE)
MODULE_NAME = re.compile(r"(BuildTopDescriptorsAndMessages\(DESCRIPTOR, ')penstock\.v1\.")


def generate(folder: Path) -> dict[str, bytes]:
    """Run protoc into folder and return the finished files by name."""
    protos = sorted(path.relative_to(SOURCES).as_posix() for path in SOURCES.glob("penstock/v1/*.proto"))
    if not protos:
        return {}
    google = resources.files("grpc_tools") / "_proto"
    arguments = [
        "protoc",
        f"--proto_path={SOURCES}",
        f"--proto_path={google}",
        f"--python_out={folder}",
        f"--pyi_out={folder}",
        f"--grpc_python_out={folder}",
        f"--descriptor_set_out={folder / 'penstock.binpb'}",
        "--include_imports",
        *protos,
    ]
    if protoc.main(arguments) != 0:
        raise SystemExit("protoc failed: see its message above")
    files = {"__init__.py": b'"""Generated from proto/penstock/v1 by `make proto`: do not edit."""\n'}
    for path in sorted((folder / "penstock" / "v1").iterdir()):
        text = IMPORT.sub("from penstock.wire.v1", path.read_text())
        files[path.name] = MODULE_NAME.sub(r"\1penstock.wire.v1.", text).encode()
    files["penstock.binpb"] = (folder / "penstock.binpb").read_bytes()
    return files


def committed() -> dict[str, bytes]:
    """Return the generated files as they stand in the source tree."""
    if not TARGET.is_dir():
        return {}
    return {path.name: path.read_bytes() for path in TARGET.iterdir() if path.suffix in SUFFIXES}


def main() -> int:
    """Write the generated files, or compare them."""
    with tempfile.TemporaryDirectory() as name:
        files = generate(Path(name))
    if "--check" in sys.argv[1:]:
        standing = committed()
        stale = sorted(name for name in files.keys() | standing.keys() if files.get(name) != standing.get(name))
        if stale:
            print(f"not as proto/ says: {', '.join(stale)} in {TARGET.relative_to(ROOT)}; run `make proto`")
            return 1
        return 0
    if not files:
        print("no .proto files in proto/penstock/v1")
        return 1
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir(parents=True)
    for name, content in files.items():
        (TARGET / name).write_bytes(content)
    print(f"{len(files)} files written to {TARGET.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
