-- Watched folders: what was last seen of each file; docs/decisions/0029.

create table penstock.folder (
    stream_id     int primary key,
    version       bigint not null,  -- whoever writes names the one it has read: its row is the lock
    last_sequence bigint not null,
    device        bigint not null,  -- of the folder itself, so that an empty mount point is not taken for it
    inode         bigint not null
);

-- The latest change of each path; what is gone stays a while, to be told of.
create table penstock.folder_file (
    stream_id    int not null,
    subject_hash uuid not null,
    sequence     bigint not null,
    changed_at   timestamptz not null,
    kind         smallint not null,
    device       bigint not null,
    inode        bigint not null,
    size         bigint not null,
    modified_ns  bigint not null,
    subject      text not null,
    other        text,  -- where a moved file came from, or went
    primary key (stream_id, subject_hash)
) with (fillfactor = 70);
create index folder_file_sequence on penstock.folder_file (stream_id, sequence);
