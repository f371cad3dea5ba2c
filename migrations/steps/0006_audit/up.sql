-- Who did what. Rows are added, never changed. They are sealed into a chain off the request path.

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
-- What was refused names no MARAC, because hidden and unknown things are written alike. Whoever may read the audit
-- of a MARAC finds what was refused on its things in this order.
create index audit_events_refused on audit_events (at desc, id desc)
  where marac_id is null and outcome in ('denied', 'not_found');
comment on column audit_events.detail is 'Old and new values, sealed under the case''s key.';

create table audit_chain (
  seq bigint primary key,
  event_id uuid not null unique,
  hash bytea not null
);

-- Heads of the chain are signed with a key that is not in the database, so that whoever can write the database
-- cannot make a chain anew.
create table audit_heads (
  last_seq bigint primary key,
  last_txid xid8 not null,
  last_event_id uuid not null,
  hash bytea not null,
  sealed_at timestamptz not null,
  key_id text,
  signature bytea,
  constraint audit_heads_signed check ((key_id is null) = (signature is null))
);
comment on column audit_heads.key_id is 'The master key from which the signing key is derived.';

create table audit_adoptions (
  last_seq bigint primary key references audit_heads,
  hash bytea not null,
  adopted_at timestamptz not null,
  key_id text not null,
  signature bytea not null
);
comment on table audit_adoptions is 'Up to this head an operator has vouched for heads without a signature and for odd times.';
