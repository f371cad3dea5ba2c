-- What is recorded at a meeting: who sat there and accepted its confidentiality statement, which
-- conflicts of interest were declared, and what was said about each case.

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

alter table attendances add column actor_id uuid references registered_actors;
alter table attendances add column person_name text;
alter table attendances add column received_on date;
alter table attendances add column confidentiality_version integer;
alter table attendances add column confidentiality_recorded_by uuid references users;
create index attendances_actor on attendances (actor_id) where actor_id is not null;
create index attendances_recorded_by on attendances (confidentiality_recorded_by)
  where confidentiality_recorded_by is not null;
alter table attendances drop constraint attendances_seat_key;
alter table attendances add constraint attendances_seat_key
  unique nulls not distinct (meeting_id, agency_id, user_id, actor_id, person_name);
alter table attendances add constraint attendances_person_check
  check (num_nonnulls(user_id, actor_id, person_name) <= 1);
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

-- Observers and guests see a case by their seat, while the meeting is in session.
alter table circle drop constraint circle_basis_check;
alter table circle add constraint circle_basis_check
  check (basis in ('referrer', 'named', 'allocation', 'listing', 'share', 'attendance'));
alter table circle drop constraint circle_check1;
alter table circle add constraint circle_check1
  check ((basis in ('referrer', 'named', 'attendance')) = (agency_id is null));
create unique index circle_one_seat on circle (case_id, meeting_id, user_id, actor_id)
  nulls not distinct where basis = 'attendance';

grant select, insert on confidentiality_statements, conflicts_of_interest to toldonce_app;
grant select, insert, update on attendance_items, hearing_entries to toldonce_app;

do $$
declare t text;
begin
  foreach t in array array['attendance_items', 'conflicts_of_interest', 'hearing_entries'] loop
    execute format('alter table %I enable row level security', t);
    execute format($p$create policy second_lock on %I to toldonce_app using (
      (marac_id = any ((select nullif(current_setting('toldonce.maracs', true), '')::uuid[])::uuid[])) is true
      and (case_id <> all ((select nullif(current_setting('toldonce.closed', true), '')::uuid[])::uuid[])) is true)$p$, t);
  end loop;
end $$;
alter table confidentiality_statements enable row level security;
create policy second_lock on confidentiality_statements to toldonce_app using (
  (marac_id = any ((select nullif(current_setting('toldonce.maracs', true), '')::uuid[])::uuid[])) is true);

-- Brings what observers and guests see into line with their seats: while the meeting is in session, an
-- observer who has accepted the statement sees its list, a guest the cases they came for; before and
-- after it nothing. It holds for every case of the meeting, also those closed to whoever changes a
-- seat, who must not learn of them; so it runs past row-level security. Exclusions hold as always.
create function seat_circles(p_meeting uuid, p_at timestamptz) returns void
language sql security definer set search_path = public as $$
  with due as (
    select i.marac_id, i.case_id, t.user_id, t.actor_id, bool_or(t.role = 'guest') as guest
    from meetings m
    join agenda_items i on i.meeting_id = m.id and i.status in ('listed', 'heard', 'alert_noted')
    join attendances t on t.meeting_id = m.id and num_nonnulls(t.user_id, t.actor_id) = 1
    where m.id = p_meeting and m.status = 'in_session'
      and m.marac_id = any ((select current_setting('toldonce.maracs')::uuid[])::uuid[])
      and t.presence in ('expected', 'present')
      and ((t.role = 'observer' and t.confidentiality_accepted_at is not null)
        or (t.role = 'guest' and exists (select from attendance_items b
          where b.attendance_id = t.id and b.agenda_item_id = i.id and b.bound)))
    group by i.marac_id, i.case_id, t.user_id, t.actor_id
  ), over as (
    update circle g set ends_at = p_at, version = g.version + 1
    from meetings m
    where m.id = p_meeting
      and m.marac_id = any ((select current_setting('toldonce.maracs')::uuid[])::uuid[])
      and g.meeting_id = m.id and g.basis = 'attendance' and g.ends_at > p_at
      and not exists (select from due d where d.case_id = g.case_id
        and d.user_id is not distinct from g.user_id and d.actor_id is not distinct from g.actor_id)
  )
  insert into circle as g (id, marac_id, case_id, basis, user_id, actor_id, opens_at, full_at,
    meeting_id, created_at)
  select gen_random_uuid(), d.marac_id, d.case_id, 'attendance', d.user_id, d.actor_id, p_at,
    case when d.guest then p_at else 'infinity' end, p_meeting, p_at from due d
  on conflict (case_id, meeting_id, user_id, actor_id) where basis = 'attendance'
  do update set ends_at = 'infinity', full_at = excluded.full_at, version = g.version + 1
  where g.ends_at <> 'infinity' or (g.full_at = 'infinity') <> (excluded.full_at = 'infinity')
$$;
revoke execute on function seat_circles from public;
grant execute on function seat_circles to toldonce_app;
