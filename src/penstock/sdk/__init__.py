"""What a user imports: apps, lambdas, handles. It knows the model and the wire, nothing else."""

import os

# gRPC reads it when it is first imported: without it, a channel made after a fork may hang.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "1")
