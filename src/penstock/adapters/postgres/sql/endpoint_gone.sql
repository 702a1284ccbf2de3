-- One address less; the last one takes the endpoint with it.
update penstock.endpoint e
set gone = array_append(e.gone, $2),
    disabled_because = coalesce(e.disabled_because, last.because),
    disabled_at = coalesce(e.disabled_at, case when last.because is not null then penstock.clock() end),
    version = e.version + 1, changed_at = penstock.clock()
from (
    select lambda_id, case when not exists (
        select from jsonb_array_elements_text(spec -> 'urls') url where url <> $2 and not url = any (gone)
    ) then $3 end as because
    from penstock.endpoint where lambda_id = $1
) last
where e.lambda_id = $1 and last.lambda_id = e.lambda_id and e.spec -> 'urls' ? $2 and not $2 = any (e.gone)
