"""Billing as it was with Celery: not run here. `provider` is the module beside the new app."""

import provider
from celery import Celery
from celery.schedules import crontab

app = Celery("billing", broker="redis://localhost", backend="redis://localhost")
app.conf.timezone = "Europe/Berlin"
app.conf.beat_schedule = {
    "remind": {"task": "billing.remind", "schedule": crontab(hour=9, minute=0, day_of_week="mon-fri")},
}


@app.task(
    bind=True,
    acks_late=True,
    autoretry_for=(provider.ProviderDown,),
    retry_backoff=True,
    retry_backoff_max=600,
    max_retries=7,
    time_limit=60,
)
def charge(self, order, cents):
    return provider.charge(order, cents, reference=self.request.id)


@app.task
def remind():
    return f"{len(provider.charged())} orders charged so far"
