-- The conference: meetings, their agendas, what agencies are asked before them, who came, what was said of each
-- case, and the minutes.

create table meetings (
  id uuid primary key,
  marac_id uuid not null references maracs,
  kind text not null check (kind in ('scheduled', 'emergency', 'business')),
  starts_at timestamptz not null,
  time_zone text not null,
  mode text not null check (mode in ('in_person', 'online', 'hybrid')),
  place text,
  status text not null check (status in ('planned', 'circulated', 'in_session', 'held', 'minuted',
    'cancelled')),
  minutes_per_case smallint not null check (minutes_per_case between 1 and 120),
  capacity smallint not null check (capacity > 0),
  circulated_at timestamptz,
  started_at timestamptz,
  ended_at timestamptz,
  settings_version integer not null,
  version integer not null default 1,
  created_at timestamptz not null
);
create index meetings_marac on meetings (marac_id, starts_at desc, id desc);

alter table circle add constraint circle_meeting_id_fkey foreign key (meeting_id) references meetings;

-- The agenda.

create table agenda_items (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  meeting_id uuid not null references meetings,
  referral_id uuid references referrals,
  kind text not null check (kind in ('new', 'repeat', 'transfer_in', 'alert_only', 'review')),
  session smallint not null default 1 check (session > 0),
  position integer not null,
  placed_by_hand boolean not null default false,
  slot_minutes smallint not null,
  has_children boolean not null,
  late boolean not null default false,
  status text not null check (status in ('listed', 'heard', 'deferred', 'withdrawn', 'alert_noted')),
  deferred_to_id uuid references meetings,
  deferred_until date,
  outcome bytea,
  decided_by uuid references users,
  decided_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null,
  constraint agenda_items_case_key unique (meeting_id, case_id)
);
create index agenda_items_meeting on agenda_items (meeting_id, position, id);
create index agenda_items_case on agenda_items (case_id);
create index agenda_items_marac on agenda_items (marac_id);
create index agenda_items_waiting on agenda_items (marac_id) where status = 'deferred';
create index agenda_items_referral on agenda_items (referral_id) where referral_id is not null;
create index agenda_items_deferred on agenda_items (deferred_to_id) where deferred_to_id is not null;
create index agenda_items_decided_by on agenda_items (decided_by) where decided_by is not null;
comment on column agenda_items.session is 'Which part of the meeting it is heard in.';
comment on column agenda_items.deferred_until is 'The first day on which a list may take the case up again (R22).';

create table agenda_listings (
  agenda_item_id uuid not null references agenda_items,
  agency_id uuid not null references agencies,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  primary key (agenda_item_id, agency_id)
);
create index agenda_listings_agency on agenda_listings (agency_id, marac_id);
create index agenda_listings_case on agenda_listings (case_id);
create index agenda_listings_marac on agenda_listings (marac_id);

create table agenda_sessions (
  meeting_id uuid not null references meetings,
  number smallint not null check (number > 0),
  marac_id uuid not null references maracs,
  heading text,
  starts_at timestamptz not null,
  primary key (meeting_id, number)
);
create index agenda_sessions_marac on agenda_sessions (marac_id);
comment on table agenda_sessions is
  'Parts of a meeting, each with a start of its own: what lies between two is a break.';
comment on column agenda_sessions.heading is 'Names no case: everybody at the meeting reads it.';

-- Research: what each agency is asked for about a case on a circulated list, and what it answered.

create table research_returns (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  meeting_id uuid not null references meetings,
  agenda_item_id uuid not null references agenda_items,
  agency_id uuid not null references agencies,
  status text not null check (status in ('requested', 'nothing_known', 'returned', 'late', 'exempt')),
  standing text not null check (standing in ('open', 'closed', 'withdrawn')),
  nothing_known boolean not null default false,
  due_on date not null,
  requested_at timestamptz not null,
  answered_on date,
  answered_at timestamptz,
  private bytea,
  shareable bytea,
  exemption bytea,
  batch_id uuid,
  by_user_id uuid references users,
  by_actor_id uuid references registered_actors,
  version integer not null default 1,
  constraint research_returns_agency_key unique (agenda_item_id, agency_id),
  check ((answered_on is null) = (status in ('requested', 'exempt')))
);
create index research_returns_agency on research_returns (agency_id, due_on, id);
create index research_returns_asked on research_returns (agency_id, due_on, id)
  where status = 'requested' and standing = 'open';
create index research_returns_due on research_returns (due_on)
  where status = 'requested' and standing = 'open';
create index research_returns_meeting on research_returns (meeting_id, agency_id);
create index research_returns_case on research_returns (case_id);
create index research_returns_marac on research_returns (marac_id);
create index research_returns_by_user on research_returns (by_user_id) where by_user_id is not null;
create index research_returns_by_actor on research_returns (by_actor_id) where by_actor_id is not null;
comment on column research_returns.standing is
  'Open to an answer; closed, because the meeting has begun; withdrawn, because nothing is asked any more.';
comment on column research_returns.nothing_known is 'The agency knows nothing: an answer of its own, late or not.';
comment on column research_returns.answered_on is 'Day of the first answer: a later change does not make it late.';
comment on column research_returns.private is 'The agency''s own: read by its representatives and IDVAs alone.';
comment on column research_returns.batch_id is 'The request that answered a whole list, for its retry.';

create table research_versions (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  return_id uuid not null references research_returns,
  version integer not null,
  status text not null check (status in ('requested', 'nothing_known', 'returned', 'late', 'exempt')),
  private bytea,
  shareable bytea,
  answered_at timestamptz not null,
  by_user_id uuid references users,
  by_actor_id uuid references registered_actors,
  created_at timestamptz not null,
  constraint research_versions_key unique (return_id, version)
);
create index research_versions_case on research_versions (case_id);
create index research_versions_marac on research_versions (marac_id);
create index research_versions_by_user on research_versions (by_user_id) where by_user_id is not null;
create index research_versions_by_actor on research_versions (by_actor_id) where by_actor_id is not null;
comment on table research_versions is
  'What a return said before it was changed, as it was sealed; rows are added, never changed.';

-- The hearing: who sat there and accepted the confidentiality statement, which conflicts of interest were declared,
-- and what was said of each case.

create table confidentiality_statements (
  marac_id uuid not null references maracs,
  version integer not null check (version > 0),
  text text not null,
  created_by uuid references users,
  created_at timestamptz not null,
  primary key (marac_id, version)
);
create index confidentiality_statements_created_by on confidentiality_statements (created_by)
  where created_by is not null;
comment on table confidentiality_statements is
  'The area''s own wording, version by version. Version 0 is the one the program ships.';

create table attendances (
  id uuid primary key,
  marac_id uuid not null references maracs,
  meeting_id uuid not null references meetings,
  agency_id uuid not null references agencies,
  user_id uuid references users,
  actor_id uuid references registered_actors,
  person_name text collate english,
  role text not null check (role in ('representative', 'deputy', 'observer', 'guest')),
  presence text not null check (presence in ('expected', 'present', 'apologies', 'absent')),
  information_sent boolean not null default false,
  received_on date,
  confidentiality_accepted_at timestamptz,
  confidentiality_version integer,
  confidentiality_recorded_by uuid references users,
  version integer not null default 1,
  created_at timestamptz not null,
  constraint attendances_seat_key
    unique nulls not distinct (meeting_id, agency_id, user_id, actor_id, person_name),
  constraint attendances_person_check check (num_nonnulls(user_id, actor_id, person_name) <= 1)
);
create index attendances_marac on attendances (marac_id);
create index attendances_agency on attendances (agency_id);
create index attendances_user on attendances (user_id) where user_id is not null;
create index attendances_actor on attendances (actor_id) where actor_id is not null;
create index attendances_recorded_by on attendances (confidentiality_recorded_by)
  where confidentiality_recorded_by is not null;
comment on column attendances.person_name is 'A professional without an account, who signs on paper.';
comment on column attendances.received_on is 'When apologies, and the information sent with them, arrived.';
comment on column attendances.confidentiality_recorded_by is 'Who recorded a signature on paper; null: accepted in person.';

create table attendance_items (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  agenda_item_id uuid not null references agenda_items,
  attendance_id uuid not null references attendances,
  bound boolean not null default false,
  joined_at timestamptz,
  left_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null,
  check (left_at >= joined_at),
  constraint attendance_items_seat_key unique (attendance_id, agenda_item_id)
);
create index attendance_items_item on attendance_items (agenda_item_id);
create index attendance_items_case on attendance_items (case_id);
create index attendance_items_marac on attendance_items (marac_id);
comment on column attendance_items.bound is 'A guest is at the meeting for this case.';

create table conflicts_of_interest (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  agenda_item_id uuid not null references agenda_items,
  exclusion_id uuid not null references exclusions,
  declared_by uuid references users,
  created_at timestamptz not null,
  constraint conflicts_of_interest_exclusion_key unique (exclusion_id)
);
create index conflicts_of_interest_item on conflicts_of_interest (agenda_item_id);
create index conflicts_of_interest_case on conflicts_of_interest (case_id);
create index conflicts_of_interest_marac on conflicts_of_interest (marac_id);
create index conflicts_of_interest_declared_by on conflicts_of_interest (declared_by)
  where declared_by is not null;
comment on table conflicts_of_interest is
  'Declared at a meeting; whom it names and why stand in the exclusion it set.';

create table hearing_entries (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  agenda_item_id uuid not null references agenda_items,
  kind text not null check (kind in ('information', 'views', 'risk', 'safeguard', 'crime')),
  sharing text not null check (sharing in ('marac', 'restricted')),
  nature text check (nature in ('fact', 'opinion')),
  factor text check (factor in ('harm', 'contributory', 'protective')),
  safeguard text check (safeguard in ('mappa', 'mace', 'child_protection', 'adult_safeguarding',
    'dvds', 'matac', 'perpetrator_programme', 'iom', 'civil_order', 'national_referral_mechanism',
    'channel', 'other')),
  decision text check (decision in ('considered', 'decided', 'not_applicable')),
  police_wish text check (police_wish in ('wishes_to_report', 'does_not_wish', 'undecided',
    'already_reported', 'not_known')),
  agency_id uuid not null references agencies,
  author_id uuid references users,
  actor_id uuid references registered_actors,
  supersedes_id uuid references hearing_entries,
  superseded_by_id uuid references hearing_entries,
  struck boolean not null default false,
  sealed bytea not null,
  version integer not null default 1,
  created_at timestamptz not null,
  check ((kind = 'information') = (nature is not null)),
  check ((kind = 'risk') = (factor is not null)),
  check ((kind = 'safeguard') = (safeguard is not null)),
  check ((kind = 'safeguard') = (decision is not null)),
  check ((kind = 'crime') = (police_wish is not null)),
  constraint hearing_entries_supersedes_key unique (supersedes_id)
);
create index hearing_entries_item on hearing_entries (agenda_item_id, kind, created_at);
create index hearing_entries_case on hearing_entries (case_id);
create index hearing_entries_marac on hearing_entries (marac_id);
create index hearing_entries_agency on hearing_entries (agency_id);
create index hearing_entries_author on hearing_entries (author_id) where author_id is not null;
create index hearing_entries_actor on hearing_entries (actor_id) where actor_id is not null;
create index hearing_entries_superseded_by on hearing_entries (superseded_by_id)
  where superseded_by_id is not null;
comment on table hearing_entries is
  'What was said of a case at a meeting: a row for each saying, never overwritten. A correction is a later row.';
comment on column hearing_entries.agency_id is 'Whose words they are; the author may write for another.';
comment on column hearing_entries.struck is 'A correction that takes the earlier words out.';

-- Minutes: what was recorded at a meeting, as it was when it was approved. A version holds what it changed and
-- nothing else: the frame of the meeting under the meeting's key, and a part for each case under the key of that
-- case. So a correction of one case touches no other, and whoever is shut out of a case meets neither its part nor
-- a version that changed nothing but that part.

create table meeting_keys (
  meeting_id uuid primary key references meetings,
  marac_id uuid not null references maracs,
  master_key_id text not null,
  wrapped bytea,
  destroyed_at timestamptz,
  created_at timestamptz not null,
  check ((wrapped is null) = (destroyed_at is not null))
);
create index meeting_keys_marac on meeting_keys (marac_id);
create index meeting_keys_master on meeting_keys (master_key_id) where wrapped is not null;
comment on table meeting_keys is
  'Keys of what is told at a meeting about no case. Kept as data_keys are: apart, with a life of their own.';

create table minutes_versions (
  id uuid primary key,
  marac_id uuid not null references maracs,
  meeting_id uuid not null references meetings,
  number integer not null check (number > 0),
  status text not null check (status in ('draft', 'approved', 'issued')),
  due_on date not null,
  frame bytea,
  drafted_by uuid references users,
  drafted_at timestamptz not null,
  approved_by uuid references users,
  approved_at timestamptz,
  issued_by uuid references users,
  issued_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null,
  check ((status = 'draft') = (approved_at is null)),
  check ((status = 'issued') = (issued_at is not null)),
  constraint minutes_versions_number_key unique (meeting_id, number)
);
create unique index minutes_versions_one_in_hand on minutes_versions (meeting_id)
  where status <> 'issued';
create index minutes_versions_marac on minutes_versions (marac_id, issued_at);
create index minutes_versions_drafted_by on minutes_versions (drafted_by) where drafted_by is not null;
create index minutes_versions_approved_by on minutes_versions (approved_by)
  where approved_by is not null;
create index minutes_versions_issued_by on minutes_versions (issued_by) where issued_by is not null;
comment on column minutes_versions.due_on is 'By the settings as they stood when it was drafted (R25).';
comment on column minutes_versions.frame is 'Null: as in the version before.';

create table minutes_parts (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  meeting_id uuid not null references meetings,
  version_id uuid not null references minutes_versions,
  position integer not null,
  sealed bytea not null,
  created_at timestamptz not null,
  constraint minutes_parts_case_key unique (version_id, case_id)
);
create index minutes_parts_meeting on minutes_parts (meeting_id, position);
create index minutes_parts_case on minutes_parts (case_id);
create index minutes_parts_marac on minutes_parts (marac_id);
comment on table minutes_parts is 'A case without a part in a version stands as in the version before.';

-- What of a meeting and of no case cannot be read: the frame of its minutes, and its key. Coordinators see it beside
-- the damaged parts of cases.
create table damaged_meeting_parts (
  id uuid primary key,
  marac_id uuid not null references maracs (id),
  meeting_id uuid not null references meetings (id),
  part text not null,
  field text not null,
  row_id uuid not null,
  -- SHA-256 of the sealed bytes, to see whether they are still the same.
  digest text not null,
  found_at timestamptz not null,
  seen_at timestamptz not null,
  unique (part, field, row_id)
);
create index damaged_meeting_parts_marac on damaged_meeting_parts (marac_id, found_at, id);
create index damaged_meeting_parts_meeting on damaged_meeting_parts (meeting_id);
comment on table damaged_meeting_parts is 'Which parts of meetings cannot be read. Holds no content.';
