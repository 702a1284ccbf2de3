-- Gives live rows another status; each brings the statuses it may leave, as bits.
with moved as (
    update only penstock.trigger t
    set status = x.status,
        trigger_at = now.at + x.delay_us * interval '1 microsecond',
        attempts = t.attempts + x.attempts, crashes = t.crashes + x.crashes, lapses = t.lapses + x.lapses,
        suspect = coalesce(x.suspect, t.suspect),
        held_for = case when x.status = {status:held} then t.held_for end,
        due_at = case when x.status = {status:held} then coalesce(t.due_at, t.trigger_at) end
    from (select penstock.clock() as at) now, unnest($1::uuid[], $2::int[], $3::int[], $4::smallint[], $5::bigint[],
                 $6::smallint[], $7::smallint[], $8::smallint[], $9::bool[], $10::timestamptz[],
                 $11::int[])
        as x (id, claim, legal_sources, status, delay_us, attempts, crashes, lapses, suspect, seen_trigger_at,
              namespace_id)
    where t.id = x.id and (x.claim is null or t.claim = x.claim)
      and (x.seen_trigger_at is null or t.trigger_at = x.seen_trigger_at)
      and (x.namespace_id is null or t.namespace_id = x.namespace_id)
      and (x.legal_sources >> t.status) & 1 = 1
    returning t.id
)
select array_agg(id) from moved
