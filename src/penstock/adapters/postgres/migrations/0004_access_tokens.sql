-- Who may call, for platforms that ask. A few rows, read by id; a secret never stands here, only its hash.
create table penstock.access_token (
    id           text primary key,
    name         text not null,
    role         text not null,
    namespaces   text[] not null,
    secret_hash  bytea not null,
    created_at   timestamptz not null,
    created_by   text not null,
    expires_at   timestamptz,
    revoked_at   timestamptz,
    revoked_by   text,
    last_used_at timestamptz
);
