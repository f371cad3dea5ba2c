-- MARACs, agencies, the people and programs that sign in, and what they may do.

create table maracs (
  id uuid primary key,
  code text not null unique check (code ~ '^[A-Z][A-Z0-9]{1,5}$'),
  name text not null,
  local_authority_codes text[] not null default '{}',
  police_force_area text,
  adult_female_population integer check (adult_female_population > 0),
  adult_female_population_year integer,
  time_zone text not null default 'Europe/London',
  settings jsonb not null default '{}',
  version integer not null default 1,
  created_at timestamptz not null
);
comment on table maracs is 'An area conference: the tenant.';

create table agencies (
  id uuid primary key,
  name text not null,
  kind text not null check (kind in ('police', 'idva', 'childrens_social_care', 'primary_care',
    'secondary_care_acute', 'education', 'housing', 'mental_health', 'probation', 'voluntary_sector',
    'substance_misuse', 'adult_social_care', 'mash', 'coordination', 'other')),
  closed_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null
);

create table marac_agencies (
  marac_id uuid not null references maracs,
  agency_id uuid not null references agencies,
  core boolean not null default false,
  agreement_signed_on date,
  agreement_signatory text,
  agreement_review_on date,
  access_ends_at timestamptz,
  suspended_at timestamptz,
  suspended_by uuid,
  suspension_reason text,
  version integer not null default 1,
  created_at timestamptz not null,
  primary key (marac_id, agency_id)
);
create index marac_agencies_agency on marac_agencies (agency_id);
comment on column marac_agencies.agreement_review_on is
  'A date past warns and stops new listings; access ends only by access_ends_at or a suspension.';

create table users (
  id uuid primary key,
  agency_id uuid not null references agencies,
  email text not null check (email = lower(email)),
  name text not null,
  password_hash text,
  administrator boolean not null default false,
  disabled_at timestamptz,
  disabled_by uuid references users,
  version integer not null default 1,
  created_at timestamptz not null,
  constraint users_email_key unique (email)
);
create index users_agency on users (agency_id, id);
create index users_disabled_by on users (disabled_by) where disabled_by is not null;
alter table marac_agencies add constraint marac_agencies_suspended_by_fkey
  foreign key (suspended_by) references users;
create index marac_agencies_suspended_by on marac_agencies (suspended_by)
  where suspended_by is not null;

create table api_clients (
  id uuid primary key,
  agency_id uuid not null references agencies,
  name text not null,
  secret_hash bytea not null,
  rights text[] not null,
  created_by uuid not null references users,
  disabled_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null
);
create index api_clients_agency on api_clients (agency_id, id);
create index api_clients_created_by on api_clients (created_by);

create table registered_actors (
  id uuid primary key,
  agency_id uuid not null references agencies,
  client_id uuid not null references api_clients,
  partner_ref text not null,
  name text not null,
  kind text not null check (kind in ('person', 'service')),
  user_id uuid references users,
  disabled_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null,
  constraint registered_actors_ref_key unique (client_id, partner_ref)
);
create index registered_actors_agency on registered_actors (agency_id, id);
create index registered_actors_user on registered_actors (user_id) where user_id is not null;
create unique index registered_actors_one_service on registered_actors (client_id)
  where kind = 'service';

create table role_grants (
  id uuid primary key,
  marac_id uuid not null references maracs,
  user_id uuid references users,
  client_id uuid references api_clients,
  role text not null check (role in ('practitioner', 'idva', 'representative', 'agency_lead',
    'coordinator', 'chair', 'observer', 'analyst', 'auditor')),
  granted_by uuid references users,
  ends_at timestamptz not null default 'infinity',
  created_at timestamptz not null,
  check (num_nonnulls(user_id, client_id) = 1),
  constraint role_grants_user_key unique (user_id, marac_id, role),
  constraint role_grants_client_key unique (client_id, marac_id, role)
);
create index role_grants_marac on role_grants (marac_id);
create index role_grants_granted_by on role_grants (granted_by) where granted_by is not null;

create table invitations (
  id uuid primary key,
  user_id uuid not null references users,
  token_hash bytea not null unique,
  created_by uuid references users,
  expires_at timestamptz not null,
  used_at timestamptz,
  created_at timestamptz not null
);
create index invitations_user on invitations (user_id);
create index invitations_created_by on invitations (created_by) where created_by is not null;

create table sessions (
  id uuid primary key,
  user_id uuid not null references users,
  password_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  revoked_because text check (revoked_because in ('signed_out', 'everywhere', 'reuse', 'disabled',
    'password_changed')),
  created_at timestamptz not null
);
create index sessions_user on sessions (user_id) where revoked_at is null;
comment on column sessions.password_at is 'When the password was last given: step-up counts from here.';

create table refresh_tokens (
  token_hash bytea primary key,
  session_id uuid not null references sessions,
  expires_at timestamptz not null,
  used_at timestamptz,
  created_at timestamptz not null
);
create index refresh_tokens_session on refresh_tokens (session_id);

create table login_failures (
  subject bytea primary key,
  failures integer not null,
  last_at timestamptz not null
);
comment on table login_failures is 'Throttle per keyed hash of an e-mail address, shared by all servers.';

create table idempotency_keys (
  principal_id uuid not null,
  operation text not null,
  key text not null,
  digest bytea not null,
  status smallint not null,
  resource_id uuid not null,
  created_at timestamptz not null,
  primary key (principal_id, operation, key)
);
create index idempotency_keys_age on idempotency_keys (created_at);

create table installation (
  only_row boolean primary key default true check (only_row),
  demonstration boolean not null,
  key_check bytea not null,
  created_at timestamptz not null
);
comment on table installation is 'What this database is: a demonstration or the real thing, and whose keys open it.';
