"""Layer 4: to whom. Pulls the lanes that have credit, claims, and streams claimed tasks to executors.

`Delivery(task_state, transitions, queue, gauges, signals, lambda_ids, lease_s, heartbeat_s,
gates, quotas)`:
`await delivery.open(hello)` gives a `Session`; its owner calls `session.give(...)` for each credit
message, sends what `session.messages()` yields, and `delivery.close(session)` at the end.

- `session.py`   one executor's credit and outbox
- `lane.py`      the references of one lane that are in hand here
- `choice.py`    which lane goes next: priorities with a floor, lambdas by weight
- `gate_teller.py` what executors must know of gates
- `stranded.py`  what was on its way to an executor that died
- `dispatch.py`  matches credit with references, claims, hands over
"""
