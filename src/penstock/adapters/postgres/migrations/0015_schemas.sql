-- The schema registry; docs/decisions/0040.

-- One row: the last id that was given. Its lock is the order in which the registry's rows change, on the whole platform.
create table penstock.schema_counter (
    last_id int not null
);
insert into penstock.schema_counter values (0);

-- Written once. Equal content has one id in a namespace.
create table penstock.schema_content (
    id           int primary key,
    namespace_id int not null,
    guid         uuid not null,
    created_at   timestamptz not null,
    type         text not null,
    text         text not null,
    metadata     text not null,
    rules        text not null,
    unique (namespace_id, guid)
);

create table penstock.schema_reference (
    schema_id    int not null,
    place        smallint not null,
    version      int not null,
    namespace_id int not null,
    name         text not null,
    subject      text not null,
    primary key (schema_id, place)
);
create index schema_reference_to on penstock.schema_reference (namespace_id, subject, version);

-- Stays when its versions have gone, so that no number of a version is given twice.
create table penstock.schema_subject (
    namespace_id int not null,
    edition      int not null,
    last_version int not null,
    name         text collate "C" not null,
    primary key (namespace_id, name)
);

create table penstock.schema_version (
    namespace_id int not null,
    version      int not null,
    schema_id    int not null,
    subject      text collate "C" not null,
    created_at   timestamptz not null,
    deleted_at   timestamptz,  -- null: it is live
    primary key (namespace_id, subject, version)
);
create index schema_version_of on penstock.schema_version (schema_id);

-- What is said of a subject, or with '' of a whole namespace.
create table penstock.schema_rule (
    namespace_id  int not null,
    subject       text not null,
    compatibility text,
    mode          text,
    primary key (namespace_id, subject)
);

create table penstock.schema_association (
    namespace_id       int not null,
    resource_id        text collate "C" not null,
    resource_type      text collate "C" not null,
    association_type   text collate "C" not null,
    resource_name      text not null,
    resource_namespace text not null,
    subject            text not null,
    lifecycle          text not null,
    is_frozen          boolean not null,
    primary key (namespace_id, resource_id, resource_type, association_type)
);
create index schema_association_named on penstock.schema_association (namespace_id, resource_name);
