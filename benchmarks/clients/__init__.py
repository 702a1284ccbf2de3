"""Load, by the SDK, in processes of their own: `python -m benchmarks.clients KIND ORDERS`."""
