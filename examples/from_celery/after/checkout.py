"""Who schedules it, on Penstock. Run the platform in one terminal, this in another:

penstock dev billing:app
python checkout.py
"""

from billing import charge
from provider import charged

from penstock import TaskFailed

handle = charge.options(key="charge-17").schedule_sync("17", 1995)
print(handle.result_sync(timeout=60))

later = charge.options(delay=2, priority="high").schedule_sync("18", 2500)

again = charge.options(key="charge-17").schedule_sync("17", 1995)
print("the same task:", again == handle)

declined = charge.schedule_sync("19", 250_000)
try:
    declined.result_sync(timeout=60)
except TaskFailed as failed:
    print("failed at once:", failed.message)

print(later.result_sync(timeout=60))
print("charged:", charged())
