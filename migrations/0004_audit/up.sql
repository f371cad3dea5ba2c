-- Who did what. Added to, never changed; sealed into a chain off the request path.

create table audit_events (
  id uuid primary key,
  txid xid8 not null default pg_current_xact_id(),
  at timestamptz not null,
  act text not null,
  outcome text not null check (outcome in ('done', 'denied', 'not_found', 'failed')),
  principal text not null check (principal in ('user', 'client', 'system', 'anonymous')),
  user_id uuid,
  client_id uuid,
  actor_id uuid,
  agency_id uuid,
  session_id uuid,
  marac_id uuid,
  case_id uuid,
  subject text,
  subject_id uuid,
  fields text[] not null default '{}',
  rows_seen integer,
  detail bytea,
  request_id uuid not null,
  check ((principal = 'user') = (user_id is not null and client_id is null)),
  check ((principal = 'client') = (client_id is not null))
);
create index audit_events_case on audit_events (case_id, at desc, id desc) where case_id is not null;
create index audit_events_marac on audit_events (marac_id, at desc, id desc) where marac_id is not null;
create index audit_events_user on audit_events (user_id, at desc, id desc) where user_id is not null;
create index audit_events_order on audit_events (txid, id);
comment on column audit_events.detail is 'Old and new values, sealed under the case''s key.';

create table audit_chain (
  seq bigint primary key,
  event_id uuid not null unique,
  hash bytea not null
);
create table audit_heads (
  last_seq bigint primary key,
  last_txid xid8 not null,
  last_event_id uuid not null,
  hash bytea not null,
  sealed_at timestamptz not null
);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % are added, never changed', tg_table_name using errcode = 'insufficient_privilege';
end $$;
create trigger audit_events_append_only before update or delete or truncate on audit_events
  for each statement execute function refuse_change();
create trigger audit_chain_append_only before update or delete or truncate on audit_chain
  for each statement execute function refuse_change();
create trigger audit_heads_append_only before update or delete or truncate on audit_heads
  for each statement execute function refuse_change();
