-- What the reference and the load generator choose from, beside the product's own tables.
create schema if not exists bench;
create table if not exists bench.agencies (n integer primary key, agency_id uuid not null);
create table if not exists bench.people (
  job text not null, n integer not null, user_id uuid not null, session_id uuid not null,
  agency_id uuid not null, marac_id uuid not null, primary key (job, n));
create table if not exists bench.meetings (
  n integer primary key, meeting_id uuid not null, marac integer not null);
create table if not exists bench.sample (
  n integer primary key, case_id uuid not null, referral_id uuid not null, marac integer not null);
create table if not exists bench.agendas (
  n integer primary key, meeting_id uuid not null, marac integer not null);
-- What can be done once: the lists to build with the cases that wait for them, in the order they come
-- on; and each agency's list of what it is asked about, with the agency's number.
create table if not exists bench.planned (
  n integer primary key, meeting_id uuid not null, marac integer not null);
create table if not exists bench.waiting (
  n integer not null, position integer not null, case_id uuid not null, referral_id uuid not null,
  has_children boolean not null, primary key (n, position));
create table if not exists bench.lists (
  n integer primary key, meeting_id uuid not null, marac integer not null, agency integer not null);
create table if not exists bench.asked (
  n integer not null, position integer not null, return_id uuid not null,
  agenda_item_id uuid not null, primary key (n, position));

-- An id ordered in time, as the product's are: milliseconds, client, and which row of the request.
create or replace function bench.id(ms bigint, client integer, which integer) returns uuid
language sql immutable as $$
  select (lpad(to_hex(ms), 12, '0') || '7000' || '8000' || lpad(to_hex(client * 256 + which), 12, '0'))::uuid
$$;
