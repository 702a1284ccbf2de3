"""Layer 3: how much, and who first. Task state under the fence, lane gauges, shared trips to the store.

`TaskState(transitions, signals, policy_of, chance, lease_s)` is what the published system calls the
heartbeat and status controller. `Gauges(signals, sender)` estimates how full lanes are.
"""
