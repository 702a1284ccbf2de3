"""Thin gRPC servers: decode, call, encode.

`process.py` is one server process (`python -m penstock.server.process frontend|orchestrator`).
"""
