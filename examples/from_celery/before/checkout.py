"""Who scheduled it, with Celery: not run here."""

from billing import charge

result = charge.apply_async(("17", 1995), task_id="charge-17")
print(result.get(timeout=60))

charge.apply_async(("18", 2500), countdown=2, priority=0)
