-- Streams that keep events until cursors have passed them; docs/decisions/0036.

alter table penstock.stream
    add column hold_longest interval not null default '0',  -- 0: it waits for no cursor
    add column hold_blocked interval not null default '0',  -- 0: the default, here and below
    add column hold_unseen  interval not null default '0';

-- When workers served a subscription last. Not in its own row: whoever keeps subscriptions at hand would read them anew.
create table penstock.subscription_seen (
    lambda_id int primary key,
    seen_at   timestamptz not null
);
