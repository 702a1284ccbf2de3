"""Other systems for the same work, measured beside Penstock by the same loads: `python -m benchmarks peers`.

Programs in `programs` run in the environments of the peers and import this package: nothing may be imported here.
"""
