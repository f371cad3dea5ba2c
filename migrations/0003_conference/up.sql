-- Meetings, their agendas, who came, and the actions that were agreed.

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

create table agenda_items (
  id uuid primary key,
  marac_id uuid not null references maracs,
  case_id uuid not null references cases,
  meeting_id uuid not null references meetings,
  referral_id uuid references referrals,
  kind text not null check (kind in ('new', 'repeat', 'transfer_in', 'alert_only', 'review')),
  position integer not null,
  placed_by_hand boolean not null default false,
  slot_minutes smallint not null,
  has_children boolean not null,
  late boolean not null default false,
  status text not null check (status in ('listed', 'heard', 'deferred', 'withdrawn', 'alert_noted')),
  deferred_to_id uuid references meetings,
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
create index agenda_items_referral on agenda_items (referral_id) where referral_id is not null;
create index agenda_items_deferred on agenda_items (deferred_to_id) where deferred_to_id is not null;
create index agenda_items_decided_by on agenda_items (decided_by) where decided_by is not null;

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

create table attendances (
  id uuid primary key,
  marac_id uuid not null references maracs,
  meeting_id uuid not null references meetings,
  agency_id uuid not null references agencies,
  user_id uuid references users,
  role text not null check (role in ('representative', 'deputy', 'observer', 'guest')),
  presence text not null check (presence in ('expected', 'present', 'apologies', 'absent')),
  information_sent boolean not null default false,
  confidentiality_accepted_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null,
  constraint attendances_seat_key unique nulls not distinct (meeting_id, agency_id, user_id)
);
create index attendances_marac on attendances (marac_id);
create index attendances_agency on attendances (agency_id);
create index attendances_user on attendances (user_id) where user_id is not null;

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
  resolved boolean not null default false,
  needs text[] not null default '{}' check (needs <@ array['address', 'safe_contact']),
  carried_over smallint not null default 0,
  gaps text[] not null default '{}',
  sealed bytea not null,
  status_at timestamptz not null,
  superseded_by_id uuid references actions,
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
create index actions_meeting on actions (meeting_id) where meeting_id is not null;
create index actions_item on actions (agenda_item_id) where agenda_item_id is not null;
create index actions_owner_user on actions (owner_user_id) where owner_user_id is not null;
create index actions_superseded_by on actions (superseded_by_id) where superseded_by_id is not null;
create index actions_created_by on actions (created_by) where created_by is not null;
comment on column actions.resolved is
  'Chair has accepted, re-set or superseded a report that it was not done or not possible.';

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
  agency_id uuid not null references agencies
);
create index action_changes_feed on action_changes (agency_id, txid, id);
create index action_changes_action on action_changes (action_id);
create index action_changes_marac on action_changes (marac_id);
create index action_changes_case on action_changes (case_id);
comment on table action_changes is
  'A row per agency and change of what it may see of an action, read in commit order.';
