#!/bin/sh
# Makes the stubs: ./generate.sh PATH/TO/penstock/proto, with the plugins whose versions go.mod pins.
# PROTOC says how protoc is called; "python -m grpc_tools.protoc" (pip install grpcio-tools) is one.
set -eu
proto="$1"
here="$(cd "$(dirname "$0")" && pwd)"
cd "$here"
mkdir -p penstockpb bin
go build -o bin google.golang.org/protobuf/cmd/protoc-gen-go google.golang.org/grpc/cmd/protoc-gen-go-grpc
places=""
for file in "$proto"/penstock/v1/*.proto; do
    name="penstock/v1/$(basename "$file")"
    places="$places --go_opt=M$name=penstock-worker/penstockpb --go-grpc_opt=M$name=penstock-worker/penstockpb"
done
# shellcheck disable=SC2086 - both are lists of words
PATH="$here/bin:$PATH" ${PROTOC:-protoc} --proto_path="$proto" \
    --go_out=. --go_opt=module=penstock-worker --go-grpc_out=. --go-grpc_opt=module=penstock-worker \
    $places "$proto"/penstock/v1/*.proto
