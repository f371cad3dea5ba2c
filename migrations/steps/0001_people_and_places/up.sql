-- MARACs, agencies, the people and programs that sign in, and what they may do.

-- Lists show names in one order on every database, whatever its locale.
create collation english (provider = icu, locale = 'en-GB');
comment on collation english is 'The order in which lists show names.';

create table maracs (
  id uuid primary key,
  code text not null unique check (code ~ '^[A-Z][A-Z0-9]{1,5}$'),
  name text collate english not null,
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
  name text collate english not null,
  kind text not null check (kind in ('police', 'idva', 'childrens_social_care', 'primary_care',
    'secondary_care_acute', 'education', 'housing', 'mental_health', 'probation', 'voluntary_sector',
    'substance_misuse', 'adult_social_care', 'mash', 'coordination', 'other')),
  closed_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null
);

create table users (
  id uuid primary key,
  agency_id uuid not null references agencies,
  email text not null check (email = lower(email)),
  name text collate english not null,
  password_hash text,
  administrator boolean not null default false,
  in_hand_of uuid references users,
  address_changed_at timestamptz,
  disabled_at timestamptz,
  disabled_by uuid references users,
  version integer not null default 1,
  created_at timestamptz not null,
  constraint users_email_key unique (email)
);
create index users_agency on users (agency_id, id);
create index users_in_hand_of on users (in_hand_of) where in_hand_of is not null;
create index users_disabled_by on users (disabled_by) where disabled_by is not null;
comment on column users.in_hand_of is
  'Who made the account, until a second person has confirmed a grant to it. Null: nobody alone.';
comment on column users.address_changed_at is
  'When its address last changed: for a day after that no password is reset.';

create table marac_agencies (
  marac_id uuid not null references maracs,
  agency_id uuid not null references agencies,
  core boolean not null default false,
  agreement_signed_on date,
  agreement_signatory text,
  agreement_review_on date,
  access_ends_at timestamptz,
  suspended_at timestamptz,
  suspended_by uuid references users,
  suspension_reason text,
  version integer not null default 1,
  created_at timestamptz not null,
  primary key (marac_id, agency_id)
);
create index marac_agencies_agency on marac_agencies (agency_id);
create index marac_agencies_suspended_by on marac_agencies (suspended_by)
  where suspended_by is not null;
comment on column marac_agencies.agreement_review_on is
  'A date past warns and stops new listings; access ends only by access_ends_at or a suspension.';

create table absences (
  id uuid primary key,
  user_id uuid not null references users,
  from_on date not null,
  until_on date not null,
  recorded_by uuid references users,
  ended_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null,
  check (until_on >= from_on)
);
create index absences_user on absences (user_id, until_on);
create index absences_recorded_by on absences (recorded_by) where recorded_by is not null;
comment on table absences is 'First and last day away, and never why.';

create table api_clients (
  id uuid primary key,
  agency_id uuid not null references agencies,
  name text collate english not null,
  secret_hash bytea not null,
  secret_version integer not null default 1,
  rights text[] not null,
  created_by uuid not null references users,
  disabled_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null
);
create index api_clients_agency on api_clients (agency_id, id);
create index api_clients_created_by on api_clients (created_by);
comment on column api_clients.secret_version is
  'Raised when the secret is changed: tokens had with an older secret end.';

create table registered_actors (
  id uuid primary key,
  agency_id uuid not null references agencies,
  client_id uuid not null references api_clients,
  partner_ref text not null,
  name text collate english not null,
  kind text not null check (kind in ('person', 'service')),
  user_id uuid references users,
  disabled_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null,
  constraint registered_actors_ref_key unique (client_id, partner_ref)
);
create index registered_actors_agency on registered_actors (agency_id, id);
create index registered_actors_ref on registered_actors (agency_id, partner_ref);
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
  deputy_id uuid references users,
  granted_by uuid references users,
  ends_at timestamptz not null default 'infinity',
  created_at timestamptz not null,
  check (num_nonnulls(user_id, client_id) = 1),
  constraint role_grants_user_key unique (user_id, marac_id, role),
  constraint role_grants_client_key unique (client_id, marac_id, role)
);
create index role_grants_marac on role_grants (marac_id);
create index role_grants_deputy on role_grants (deputy_id) where deputy_id is not null;
create index role_grants_granted_by on role_grants (granted_by) where granted_by is not null;
comment on column role_grants.deputy_id is
  'Of a representative: the colleague, a representative there too, who stands in while they are away.';

-- Strong roles, wider rights of a client, and a strong account's link to a registered actor hold once a second
-- person has confirmed them. Until then they stand here. Nothing that reads what somebody may do reads this
-- table.
create table pending_grants (
  id uuid primary key,
  kind text not null check (kind in ('role', 'rights', 'link')),
  marac_id uuid references maracs,
  user_id uuid references users,
  client_id uuid references api_clients,
  actor_id uuid references registered_actors,
  role text check (role in ('practitioner', 'idva', 'representative', 'agency_lead',
    'coordinator', 'chair', 'observer', 'analyst', 'auditor')),
  rights text[],
  ends_at timestamptz not null default 'infinity',
  asked_by uuid references users,
  expires_at timestamptz not null,
  outcome text check (outcome in ('confirmed', 'refused', 'withdrawn')),
  decided_by uuid references users,
  decided_at timestamptz,
  created_at timestamptz not null,
  check ((outcome is null) = (decided_at is null)),
  check (case kind
    when 'role' then role is not null and marac_id is not null and num_nonnulls(user_id, client_id) = 1
    when 'rights' then rights is not null and client_id is not null
    else actor_id is not null and user_id is not null and client_id is not null end)
);
create index pending_grants_marac on pending_grants (marac_id) where marac_id is not null;
create index pending_grants_user on pending_grants (user_id) where user_id is not null;
create index pending_grants_client on pending_grants (client_id) where client_id is not null;
create index pending_grants_actor on pending_grants (actor_id) where actor_id is not null;
create index pending_grants_asked_by on pending_grants (asked_by) where asked_by is not null;
create index pending_grants_decided_by on pending_grants (decided_by) where decided_by is not null;
create index pending_grants_open on pending_grants (id) where outcome is null;

-- A link to an account goes to the account's own address and stands in no answer of the program.
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

create table address_changes (
  id uuid primary key,
  user_id uuid not null references users,
  email text not null check (email = lower(email)),
  token_hash bytea unique,
  asked_by uuid references users,
  expires_at timestamptz not null,
  confirmed_at timestamptz,
  created_at timestamptz not null
);
create index address_changes_user on address_changes (user_id, id);
create index address_changes_asked_by on address_changes (asked_by) where asked_by is not null;
comment on table address_changes is
  'New addresses that were asked for. The old one holds until the account''s person confirms from the new one.';
comment on column address_changes.token_hash is 'Of the link. Null while nobody was sent one.';

create table sessions (
  id uuid primary key,
  user_id uuid not null references users,
  password_at timestamptz not null,
  network bytea,
  network_new boolean,
  last_used_at timestamptz,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  revoked_because text check (revoked_because in ('signed_out', 'everywhere', 'reuse', 'disabled',
    'password_changed')),
  created_at timestamptz not null
);
create index sessions_user on sessions (user_id) where revoked_at is null;
comment on column sessions.password_at is 'When the password was last given: step-up counts from here.';
comment on column sessions.network is 'Where it was opened, as in known_networks.';
comment on column sessions.network_new is 'Nobody had signed in to the account from there before.';
comment on column sessions.last_used_at is 'When it was opened, refreshed or stepped up last.';

create table refresh_tokens (
  token_hash bytea primary key,
  session_id uuid not null references sessions,
  expires_at timestamptz not null,
  used_at timestamptz,
  created_at timestamptz not null
);
create index refresh_tokens_session on refresh_tokens (session_id);

create table known_networks (
  user_id uuid not null references users,
  network bytea not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  primary key (user_id, network)
);
create index known_networks_last_at on known_networks (last_at);
comment on table known_networks is
  'Networks that an account signed in from, as hashes keyed with the account: the same network of two accounts looks different.';

-- Guesses are counted before they are checked, so that many at once gain nothing.
create table guesses (
  kind text not null check (kind in ('account_network', 'account', 'network', 'known_network',
    'password', 'secret')),
  subject bytea not null,
  level double precision not null,
  last_at timestamptz not null,
  primary key (kind, subject)
);
create index guesses_last_at on guesses (last_at);
comment on table guesses is
  'Guesses that failed or are being checked, by keyed hash of whom they are counted for, for all servers together.';
comment on column guesses.level is 'One more with each guess, less as time goes by (guess_level).';

create table failed_sign_ins (
  hour timestamptz not null,
  act text not null,
  subject uuid not null,
  failures integer not null,
  recorded integer not null default 0,
  primary key (hour, act, subject)
);
comment on table failed_sign_ins is
  'Failures of an hour, by keyed hash of account and network, and how many of them the audit has told of.';

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

create table applied_functions (
  number bigint generated always as identity primary key,
  digest bytea not null unique,
  program text not null,
  applied_at timestamptz not null default now()
);
comment on table applied_functions is
  'By digest, whose functions the database has had; those of the last row are in it.';
comment on column applied_functions.program is 'The version of the program that applied them.';
