"""The wire contract and its generator."""
