-- Who runs a task and since when, for people who ask while it runs. Written by the heartbeats of tasks that run longer
-- than one; what stands there of an earlier claim is shown to nobody.
alter table penstock.trigger add column executor text, add column started_at timestamptz;
