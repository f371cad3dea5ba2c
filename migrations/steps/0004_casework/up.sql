-- What follows from a meeting: actions and the ladder an overdue action climbs, flags on agencies' own records, the
-- lapse of a case, and the IDVA's part.

create table actions (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  meeting_id uuid references meetings,
  agenda_item_id uuid references agenda_items,
  owner_agency_id uuid not null references agencies,
  owner_user_id uuid references users,
  target text not null check (target in ('survivor', 'child', 'perpetrator', 'professional')),
  category text not null,
  priority text not null check (priority in ('immediate', 'high', 'normal')),
  due_on date not null,
  agreed_on date not null,
  status text not null check (status in ('open', 'in_progress', 'completed',
    'not_possible_circumstances_changed', 'not_done', 'superseded', 'cancelled')),
  status_at timestamptz not null,
  resolved boolean not null default false,
  superseded_by_id uuid references actions,
  needs text[] not null default '{}' check (needs <@ array['address', 'safe_contact']),
  carried_over smallint not null default 0,
  escalation text not null default 'none' check (escalation in ('none', 'owner',
    'agency_lead', 'coordinator', 'chair', 'steering_group')),
  escalated_on date,
  reminders smallint not null default 0,
  reminded_on date,
  gaps text[] not null default '{}',
  standard_code text,
  standard_version integer,
  sealed bytea not null,
  created_by uuid references users,
  external_ref text,
  version integer not null default 1,
  created_at timestamptz not null,
  constraint actions_external_key unique (marac_id, external_ref)
);
create index actions_outstanding on actions (owner_agency_id, due_on, id)
  where status in ('open', 'in_progress');
create index actions_owner on actions (owner_agency_id, due_on, id);
create index actions_case on actions (case_id, due_on);
create index actions_marac_outstanding on actions (marac_id, due_on, id)
  where status in ('open', 'in_progress');
create index actions_unresolved on actions (marac_id, due_on)
  where not resolved and status in ('not_done', 'not_possible_circumstances_changed');
-- The next meeting begins with these (R21).
create index actions_incomplete on actions (marac_id, due_on, id)
  where status in ('open', 'in_progress')
    or (not resolved and status in ('not_done', 'not_possible_circumstances_changed'));
create index actions_meeting on actions (meeting_id) where meeting_id is not null;
create index actions_item on actions (agenda_item_id) where agenda_item_id is not null;
create index actions_owner_user on actions (owner_user_id) where owner_user_id is not null;
create index actions_superseded_by on actions (superseded_by_id) where superseded_by_id is not null;
create index actions_created_by on actions (created_by) where created_by is not null;
comment on column actions.resolved is
  'Chair has accepted, re-set or superseded a report that it was not done or not possible.';
comment on column actions.escalation is 'How far up the ladder it is, for its present due date.';
comment on column actions.reminders is 'How often its owner was reminded, whatever the due date was.';
comment on column actions.standard_code is
  'The entry of the catalogue it was made from, in the version beside it; 0 is the shipped one.';

create table action_events (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  action_id uuid not null references actions,
  kind text not null check (kind in ('agreed', 'reported', 'reopened', 'reassigned', 'rescheduled',
    'accepted', 'superseded', 'cancelled')),
  status text not null,
  due_on date not null,
  owner_agency_id uuid not null references agencies,
  effective_on date not null,
  by_user_id uuid references users,
  by_actor_id uuid references registered_actors,
  by_agency_id uuid references agencies,
  sealed bytea,
  created_at timestamptz not null
);
create index action_events_action on action_events (action_id, effective_on, created_at);
create index action_events_case on action_events (case_id);
create index action_events_marac on action_events (marac_id, effective_on);
create index action_events_owner on action_events (owner_agency_id);
create index action_events_by_user on action_events (by_user_id) where by_user_id is not null;
create index action_events_by_actor on action_events (by_actor_id) where by_actor_id is not null;
create index action_events_by_agency on action_events (by_agency_id) where by_agency_id is not null;
comment on table action_events is 'The history every report on actions is read from; rows are added, never changed.';

create table action_changes (
  txid xid8 not null default pg_current_xact_id(),
  id bigint generated always as identity primary key,
  action_id uuid not null references actions,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  agency_id uuid not null references agencies,
  announced boolean not null default false
);
create index action_changes_feed on action_changes (agency_id, txid, id);
create index action_changes_action on action_changes (action_id);
create index action_changes_marac on action_changes (marac_id);
create index action_changes_case on action_changes (case_id);
comment on table action_changes is
  'A row per agency and change of what it may see of an action, read in commit order.';
comment on column action_changes.announced is
  'What the agency may see of the case changed, not the action: readable though the case is closed.';

create table action_escalations (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  action_id uuid not null references actions,
  step text not null check (step in ('none', 'owner', 'agency_lead', 'coordinator', 'chair',
    'steering_group')),
  status text not null,
  due_on date not null,
  owner_agency_id uuid not null references agencies,
  taken_on date not null,
  created_at timestamptz not null,
  constraint action_escalations_once unique (action_id, due_on, step),
  check (step <> 'none')
);
create index action_escalations_case on action_escalations (case_id);
create index action_escalations_marac on action_escalations (marac_id, taken_on);
create index action_escalations_owner on action_escalations (owner_agency_id);
comment on table action_escalations is
  'A row per step taken; never changed. Apart from the history that reports are read from, so that a step dates no report.';

create table standard_action_versions (
  marac_id uuid not null references maracs,
  version integer not null check (version > 0),
  created_by uuid references users,
  created_at timestamptz not null,
  primary key (marac_id, version)
);
create index standard_action_versions_created_by on standard_action_versions (created_by)
  where created_by is not null;

create table standard_actions (
  marac_id uuid not null,
  version integer not null,
  position smallint not null,
  code text not null,
  text text not null,
  category text not null,
  target text not null check (target in ('survivor', 'child', 'perpetrator', 'professional')),
  priority text not null check (priority in ('immediate', 'high', 'normal')),
  due_days smallint not null check (due_days >= 0),
  every_listed_agency boolean not null,
  agency_kinds text[] not null,
  needs text[] not null check (needs <@ array['address', 'safe_contact']),
  primary key (marac_id, version, code),
  foreign key (marac_id, version) references standard_action_versions
);
comment on table standard_actions is
  'What an area agrees in every case of a kind: whole catalogues, by version, never changed. Names nobody.';

-- Flags on agencies' own records, and what is done when a case passes twelve months (R13 to R15).

create table flags (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  agency_id uuid not null references agencies,
  status text not null check (status in ('asked', 'placed', 'not_placed', 'removal_due', 'removed')),
  asked_on date not null,
  due_on date not null,
  expires_on date not null,
  confirmed_on date,
  confirmed_until date,
  version integer not null default 1,
  created_at timestamptz not null,
  constraint flags_agency_key unique (case_id, agency_id)
);
create index flags_agency on flags (agency_id, due_on, id);
create index flags_agency_due on flags (agency_id, due_on, id) where status in ('asked', 'removal_due');
create index flags_marac on flags (marac_id, due_on, id);
create index flags_marac_due on flags (marac_id, due_on, id) where status in ('asked', 'removal_due');
create index flags_expiring on flags (expires_on) where status in ('asked', 'placed');
comment on table flags is 'A task per case and agency: place a flag, and remove it when the case has lapsed.';
comment on column flags.due_on is 'By when the agency answers what it was last asked.';
comment on column flags.expires_on is 'Twelve months from the last referral, or the day the case was kept until.';
comment on column flags.confirmed_until is 'The day of expiry when the agency last said that it is placed.';

create table flag_events (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  flag_id uuid not null references flags,
  agency_id uuid not null references agencies,
  kind text not null check (kind in ('asked', 'placed', 'not_placed', 'removal_due', 'removed')),
  expires_on date not null,
  by_user_id uuid references users,
  by_actor_id uuid references registered_actors,
  by_agency_id uuid references agencies,
  sealed bytea,
  created_at timestamptz not null
);
create index flag_events_flag on flag_events (flag_id, created_at desc, id desc);
create index flag_events_case on flag_events (case_id);
create index flag_events_marac on flag_events (marac_id);
create index flag_events_agency on flag_events (agency_id);
create index flag_events_by_user on flag_events (by_user_id) where by_user_id is not null;
create index flag_events_by_actor on flag_events (by_actor_id) where by_actor_id is not null;
create index flag_events_by_agency on flag_events (by_agency_id) where by_agency_id is not null;
comment on table flag_events is 'What was asked and answered, system and receipt sealed; rows are added, never changed.';

create table lapse_notices (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  lapses_on date not null,
  status text not null check (status in ('open', 'lapsed', 'kept')),
  kept_until date,
  decided_by uuid references users,
  decided_at timestamptz,
  decision bytea,
  created_at timestamptz not null,
  constraint lapse_notices_once unique (case_id, lapses_on),
  check ((status = 'open') = (decided_at is null)),
  check ((status = 'kept') = (kept_until is not null))
);
create index lapse_notices_open on lapse_notices (marac_id, lapses_on, id) where status = 'open';
create index lapse_notices_marac on lapse_notices (marac_id);
create index lapse_notices_decided_by on lapse_notices (decided_by) where decided_by is not null;
comment on table lapse_notices is
  'One per case and day of lapse, for the next agenda (R14). Nothing lapses but by a person''s decision on it.';

-- The IDVA's part of a case: who has it, and the contacts they had with the survivor. What is recorded here is what
-- people did. Nothing is ever sent to a survivor (R8).

create table idva_allocations (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  agency_id uuid not null references agencies,
  user_id uuid references users,
  starts_on date not null,
  ends_on date,
  engagement text not null check (engagement in ('not_yet', 'engaged', 'declined', 'not_reached')),
  engagement_on date,
  contact_due_at timestamptz not null,
  contacted_at timestamptz,
  reminded_at timestamptz,
  sealed bytea,
  created_by uuid references users,
  version integer not null default 1,
  created_at timestamptz not null
);
create index idva_allocations_case on idva_allocations (case_id, starts_on desc, id desc);
create unique index idva_allocations_one on idva_allocations (case_id) where ends_on is null;
create index idva_allocations_due on idva_allocations (agency_id, contact_due_at, id)
  where ends_on is null and contacted_at is null;
create index idva_allocations_late on idva_allocations (contact_due_at, id)
  where ends_on is null and contacted_at is null and reminded_at is null;
create index idva_allocations_marac on idva_allocations (marac_id);
create index idva_allocations_agency on idva_allocations (agency_id);
create index idva_allocations_user on idva_allocations (user_id) where user_id is not null;
create index idva_allocations_created_by on idva_allocations (created_by) where created_by is not null;
comment on column idva_allocations.contacted_at is 'The first time the survivor was tried, whatever came of it.';
comment on column idva_allocations.sealed is 'Why the survivor declined, or why the allocation ended.';

create table idva_contacts (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  allocation_id uuid not null references idva_allocations,
  agency_id uuid not null references agencies,
  purpose text not null check (purpose in ('before_meeting', 'feedback', 'other')),
  channel text not null check (channel in ('call', 'text', 'voicemail', 'email', 'third_party',
    'in_person')),
  contact_id uuid references party_contacts,
  marked_safe boolean not null,
  result text not null check (result in ('reached', 'no_answer', 'message_left', 'not_safe_to_talk',
    'declined_to_talk')),
  tried_at timestamptz not null,
  meeting_id uuid references meetings,
  by_user_id uuid references users,
  by_actor_id uuid references registered_actors,
  sealed bytea not null,
  created_at timestamptz not null,
  check ((contact_id is null) = (channel = 'in_person'))
);
create index idva_contacts_case on idva_contacts (case_id, tried_at desc, id desc);
create index idva_contacts_allocation on idva_contacts (allocation_id);
create index idva_contacts_marac on idva_contacts (marac_id);
create index idva_contacts_agency on idva_contacts (agency_id);
create index idva_contacts_contact on idva_contacts (contact_id) where contact_id is not null;
create index idva_contacts_meeting on idva_contacts (meeting_id) where meeting_id is not null;
create index idva_contacts_by_user on idva_contacts (by_user_id) where by_user_id is not null;
create index idva_contacts_by_actor on idva_contacts (by_actor_id) where by_actor_id is not null;
comment on table idva_contacts is 'What the survivor was told and said, sealed; rows are added, never changed.';
comment on column idva_contacts.marked_safe is
  'Whether the channel was marked safe when it was used; if not, the sealed part says why it was.';
