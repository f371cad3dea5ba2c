-- The case file. It is opened with the draft of a referral (status 'intake') so that one rule of
-- visibility, one data key and one set of child tables hold from the first word that is written.

create table persons (
  id uuid primary key,
  created_at timestamptz not null
);
comment on table persons is 'A link that matching makes between parties. Holds no content.';

create table cases (
  id uuid primary key,
  marac_id uuid not null references maracs,
  code text not null unique,
  status text not null check (status in ('intake', 'not_accepted', 'listed', 'heard', 'monitoring',
    'lapsed', 'closed', 'transferred_out', 'joined')),
  received_at timestamptz,
  opened_at timestamptz,
  last_referral_on date,
  lapses_on date,
  score smallint,
  criteria text[] not null default '{}',
  has_children boolean not null default false,
  lead_user_id uuid references users,
  lead_agency_id uuid references agencies,
  restricted boolean not null default false,
  closed_at timestamptz,
  closed_because text check (closed_because in ('risk_reduced', 'support_in_place', 'moved_away',
    'died', 'declined', 'transferred', 'other')),
  closing bytea,
  version integer not null default 1,
  created_at timestamptz not null
);
create index cases_marac on cases (marac_id, last_referral_on desc, id desc) where opened_at is not null;
create index cases_lapse on cases (marac_id, lapses_on) where status in ('heard', 'monitoring');
create index cases_lead_user on cases (lead_user_id) where lead_user_id is not null;
create index cases_lead_agency on cases (lead_agency_id) where lead_agency_id is not null;
comment on column cases.received_at is 'First submission: from here coordinator and chair see the file.';

create table data_keys (
  case_id uuid primary key references cases,
  marac_id uuid not null references maracs,
  master_key_id text not null,
  wrapped bytea,
  destroyed_at timestamptz,
  created_at timestamptz not null,
  check ((wrapped is null) = (destroyed_at is not null))
);
create index data_keys_marac on data_keys (marac_id);
create index data_keys_master on data_keys (master_key_id) where wrapped is not null;

create table circle (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  basis text not null check (basis in ('referrer', 'named', 'allocation', 'listing', 'share')),
  user_id uuid references users,
  actor_id uuid references registered_actors,
  agency_id uuid references agencies,
  opens_at timestamptz not null,
  full_at timestamptz not null default 'infinity',
  ends_at timestamptz not null default 'infinity',
  meeting_id uuid,
  reason bytea,
  created_by uuid references users,
  version integer not null default 1,
  created_at timestamptz not null,
  check (num_nonnulls(user_id, actor_id, agency_id) = 1),
  check ((basis in ('referrer', 'named')) = (agency_id is null))
);
create index circle_case on circle (case_id, opens_at, ends_at);
create index circle_user on circle (user_id, case_id) where user_id is not null;
create index circle_actor on circle (actor_id, case_id) where actor_id is not null;
create index circle_agency on circle (agency_id, marac_id, case_id) where agency_id is not null;
create index circle_marac on circle (marac_id);
create index circle_meeting on circle (meeting_id) where meeting_id is not null;
create index circle_created_by on circle (created_by) where created_by is not null;
create unique index circle_one_listing on circle (case_id, agency_id, meeting_id)
  where basis = 'listing';
comment on table circle is 'Who a case is open to, on what basis, from when and until when.';
comment on column circle.full_at is 'From here the lens is the meeting''s: account entries of class marac and full answers.';

create table exclusions (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  user_id uuid references users,
  actor_id uuid references registered_actors,
  agency_id uuid references agencies,
  exempt_user_id uuid references users,
  reason bytea not null,
  set_by uuid references users,
  ends_at timestamptz not null default 'infinity',
  lifted_by uuid references users,
  version integer not null default 1,
  created_at timestamptz not null,
  check (num_nonnulls(user_id, actor_id, agency_id) = 1),
  check (exempt_user_id is null or agency_id is not null)
);
create index exclusions_case on exclusions (case_id);
create index exclusions_marac on exclusions (marac_id);
create index exclusions_user on exclusions (user_id) where user_id is not null;
create index exclusions_actor on exclusions (actor_id) where actor_id is not null;
create index exclusions_agency on exclusions (agency_id) where agency_id is not null;
create index exclusions_exempt on exclusions (exempt_user_id) where exempt_user_id is not null;
create index exclusions_set_by on exclusions (set_by) where set_by is not null;
create index exclusions_lifted_by on exclusions (lifted_by) where lifted_by is not null;

create table restrictions (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  reason bytea not null,
  set_by uuid references users,
  ends_at timestamptz not null default 'infinity',
  lifted_by uuid references users,
  version integer not null default 1,
  created_at timestamptz not null
);
create index restrictions_case on restrictions (case_id);
create index restrictions_marac on restrictions (marac_id, ends_at);
create index restrictions_set_by on restrictions (set_by) where set_by is not null;
create index restrictions_lifted_by on restrictions (lifted_by) where lifted_by is not null;

create table referrals (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  agency_id uuid not null references agencies,
  co_agency_id uuid references agencies,
  submitted_by uuid references users,
  actor_id uuid references registered_actors,
  external_ref text,
  status text not null check (status in ('draft', 'submitted', 'returned', 'accepted',
    'not_accepted', 'withdrawn')),
  urgent boolean not null default false,
  referred_on date,
  submitted_at timestamptz,
  document bytea not null,
  tool text,
  tool_version integer,
  score smallint,
  criteria text[] not null default '{}',
  missing text[] not null default '{}',
  gaps text[] not null default '{}',
  is_repeat boolean,
  decided_by uuid references users,
  decided_at timestamptz,
  decision bytea,
  challenge bytea,
  challenged_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null,
  constraint referrals_external_key unique (agency_id, external_ref)
);
create index referrals_inbox on referrals (marac_id, (not urgent), submitted_at, id)
  where status in ('submitted', 'returned');
create index referrals_mine on referrals (submitted_by, created_at desc, id desc);
create index referrals_case on referrals (case_id, referred_on);
create index referrals_marac on referrals (marac_id, created_at desc, id desc);
create index referrals_co_agency on referrals (co_agency_id) where co_agency_id is not null;
create index referrals_actor on referrals (actor_id) where actor_id is not null;
create index referrals_decided_by on referrals (decided_by) where decided_by is not null;
comment on column referrals.document is 'The referral as received, sealed under its case''s key.';

create table referral_counts (
  referral_id uuid primary key references referrals,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  referred_on date not null,
  source text not null,
  co_source text,
  gender text not null,
  ethnicity text not null,
  lgbt text not null check (lgbt in ('yes', 'no', 'unknown')),
  disabled text not null check (disabled in ('yes', 'no', 'unknown')),
  age smallint,
  perpetrator_under_18 text not null check (perpetrator_under_18 in ('yes', 'no', 'unknown')),
  children smallint not null check (children >= 0),
  filed_at timestamptz
);
create index referral_counts_period on referral_counts (marac_id, referred_on);
create index referral_counts_case on referral_counts (case_id);
comment on table referral_counts is 'What is counted, as at the referral date; names nobody.';

create table parties (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  person_id uuid not null references persons,
  role text not null check (role in ('survivor', 'perpetrator', 'child', 'other_adult')),
  identity bytea not null,
  version integer not null default 1,
  created_at timestamptz not null
);
create index parties_case on parties (case_id, role);
create index parties_marac on parties (marac_id);
create index parties_person on parties (person_id);

create table party_characteristics (
  party_id uuid primary key references parties,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  sealed bytea not null,
  version integer not null default 1,
  created_at timestamptz not null
);
create index party_characteristics_case on party_characteristics (case_id);
create index party_characteristics_marac on party_characteristics (marac_id);

create table party_addresses (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  party_id uuid not null references parties,
  kind text not null check (kind in ('current', 'usual', 'previous', 'refuge')),
  confidential boolean not null,
  known_to_perpetrator text not null check (known_to_perpetrator in ('yes', 'no', 'unknown')),
  valid_from date,
  valid_to date,
  sealed bytea not null,
  version integer not null default 1,
  created_at timestamptz not null
);
create index party_addresses_case on party_addresses (case_id);
create index party_addresses_party on party_addresses (party_id);
create index party_addresses_marac on party_addresses (marac_id);

create table party_contacts (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  party_id uuid not null references parties,
  kind text not null check (kind in ('phone', 'email', 'third_party')),
  safe_to_call boolean not null default false,
  safe_to_text boolean not null default false,
  safe_voicemail boolean not null default false,
  withheld_number boolean not null default true,
  confirmed_at timestamptz,
  sealed bytea not null,
  version integer not null default 1,
  created_at timestamptz not null
);
create index party_contacts_case on party_contacts (case_id);
create index party_contacts_party on party_contacts (party_id);
create index party_contacts_marac on party_contacts (marac_id);

create table party_relationships (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  from_party_id uuid not null references parties,
  to_party_id uuid not null references parties,
  kind text not null,
  living_together text not null check (living_together in ('yes', 'no', 'unknown')),
  version integer not null default 1,
  created_at timestamptz not null,
  check (from_party_id <> to_party_id),
  constraint party_relationships_pair_key unique (from_party_id, to_party_id)
);
create index party_relationships_case on party_relationships (case_id);
create index party_relationships_to on party_relationships (to_party_id);
create index party_relationships_marac on party_relationships (marac_id);

create table risk_assessments (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  referral_id uuid references referrals,
  tool text not null,
  tool_version integer not null,
  score smallint not null,
  yes_count smallint not null,
  no_count smallint not null,
  dont_know_count smallint not null,
  not_asked_count smallint not null,
  assessed_on date not null,
  agency_id uuid not null references agencies,
  created_by uuid references users,
  supersedes_id uuid references risk_assessments,
  sealed bytea not null,
  version integer not null default 1,
  created_at timestamptz not null
);
create index risk_assessments_case on risk_assessments (case_id, created_at desc);
create index risk_assessments_marac on risk_assessments (marac_id);
create index risk_assessments_referral on risk_assessments (referral_id) where referral_id is not null;
create index risk_assessments_agency on risk_assessments (agency_id);
create index risk_assessments_created_by on risk_assessments (created_by) where created_by is not null;
create index risk_assessments_supersedes on risk_assessments (supersedes_id) where supersedes_id is not null;

create table account_entries (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  heading text not null check (heading in ('what_happened', 'who_else_is_affected', 'what_is_feared',
    'what_the_survivor_wants', 'what_has_been_tried', 'what_is_needed_now', 'practical_safety')),
  sharing text not null check (sharing in ('agency_private', 'marac', 'restricted')),
  told_on date not null,
  how_told text not null check (how_told in ('in_person', 'phone', 'video', 'writing', 'through_another', 'unknown')),
  author_id uuid references users,
  actor_id uuid references registered_actors,
  agency_id uuid not null references agencies,
  supersedes_id uuid references account_entries,
  superseded_by_id uuid references account_entries,
  sealed bytea not null,
  version integer not null default 1,
  created_at timestamptz not null,
  constraint account_entries_supersedes_key unique (supersedes_id)
);
create index account_entries_case on account_entries (case_id, heading, created_at);
create index account_entries_marac on account_entries (marac_id);
create index account_entries_author on account_entries (author_id) where author_id is not null;
create index account_entries_actor on account_entries (actor_id) where actor_id is not null;
create index account_entries_agency on account_entries (agency_id);
create index account_entries_superseded_by on account_entries (superseded_by_id)
  where superseded_by_id is not null;

create table match_tokens (
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  kind text not null check (kind in ('pair', 'survivor', 'perpetrator', 'child')),
  token bytea not null,
  primary key (case_id, kind, token)
);
create index match_tokens_token on match_tokens (token, kind);
create index match_tokens_marac on match_tokens (marac_id);
comment on table match_tokens is 'Keyed hashes of two or more fields together; never of one alone.';
