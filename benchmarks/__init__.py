"""How fast, how punctual and how costly Penstock is: `python -m benchmarks NAME... [--json FILE] [--quick]`."""
