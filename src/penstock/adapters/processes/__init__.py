"""Real executor processes: start, watch, kill and reap them; and the seat an executor finds inside of one.

`ProcessHosts` is the controller's side, `executor_main` the child's, `inspection` asks an app for its
lambdas without importing it here. Nothing in the controller's process imports user code.
"""
