"""Layer 2: when work is due. Moves due triggers into lanes, and looks after those that are overdue.

One `Scheduler` in an orchestrator; it compares the store's clock every second, so nobody else has to:

    scheduler = Scheduler(
        Sockets(due_work, transitions, queue, gauges, registry, signals, clock, membership, sweeps, ticks, gates,
                chains, EventSockets(deliveries, subscriptions, sources, pings, refreshes, check, cursors)),
        member,            # Member(id, "orchestrator", address): announced and renewed by the scheduler
        chance,            # () -> float, 0 to 1
        Timings(),         # lease_s=30, heartbeat_s=5, enqueue_timeout_s=5, bucket_lease_s=6, ...
    )
    await scheduler.run()      # until it is cancelled or stopped
    await scheduler.stop()     # finishes what is in flight, gives up its buckets; returns within 2 s
    scheduler.members          # all servers known at the last renewal

Its parts, each with a round that can be called alone: `scheduler.consumer.probe()` and `.serve_due()`,
`scheduler.overdue.look()`, `scheduler.periodic.look()`, `scheduler.gates.look()`, `scheduler.buckets.renew()`,
`scheduler.republisher.publish_again()`, `scheduler.dispatcher.dispatch(pings)`,
`scheduler.refresh.look()`.
"""

from penstock.scheduler.refresh_rounds import RefreshPace
from penstock.scheduler.scheduler import Scheduler
from penstock.scheduler.sockets import EventSockets, Sockets, Timings

__all__ = ["EventSockets", "RefreshPace", "Scheduler", "Sockets", "Timings"]
