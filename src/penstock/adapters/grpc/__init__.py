"""The worker's side of the wire: ports implemented as gRPC clients."""
