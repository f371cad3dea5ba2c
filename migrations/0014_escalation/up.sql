-- Actions to the end: the ladder an overdue action climbs, the counts kept of it, and the actions that
-- every case of an area gets, as data.

alter table actions
  add column escalation text not null default 'none' check (escalation in ('none', 'owner',
    'agency_lead', 'coordinator', 'chair', 'steering_group')),
  add column escalated_on date,
  add column reminders smallint not null default 0,
  add column reminded_on date,
  add column standard_code text,
  add column standard_version integer;
comment on column actions.escalation is 'How far up the ladder it is, for its present due date.';
comment on column actions.reminders is 'How often its owner was reminded, whatever the due date was.';
comment on column actions.standard_code is
  'The entry of the catalogue it was made from, in the version beside it; 0 is the shipped one.';

-- What the next meeting begins with (R21).
create index actions_incomplete on actions (marac_id, due_on, id)
  where status in ('open', 'in_progress')
    or (not resolved and status in ('not_done', 'not_possible_circumstances_changed'));

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

alter table action_escalations enable row level security;
create policy second_lock on action_escalations to toldonce_app using (
  (marac_id = any ((select nullif(current_setting('toldonce.maracs', true), '')::uuid[])::uuid[])) is true
  and (case_id <> all ((select nullif(current_setting('toldonce.closed', true), '')::uuid[])::uuid[])) is true);
do $$
declare t text;
begin
  foreach t in array array['standard_action_versions', 'standard_actions'] loop
    execute format('alter table %I enable row level security', t);
    execute format($p$create policy second_lock on %I to toldonce_app using (
      (marac_id = any ((select nullif(current_setting('toldonce.maracs', true), '')::uuid[])::uuid[])) is true)$p$, t);
  end loop;
end $$;
grant select, insert on action_escalations, standard_action_versions, standard_actions to toldonce_app;

-- A scheduled meeting was held: what was agreed before it and is still not done is carried over once
-- more (R29). It holds for every case, also those closed to whoever closes the meeting.
create function carry_over(p_meeting uuid) returns void
language sql security definer set search_path = public as $$
  with m as (
    select m.id, m.marac_id, (m.started_at at time zone m.time_zone)::date as held_on from meetings m
    where m.id = p_meeting and m.kind = 'scheduled' and m.status = 'held'
      and m.marac_id = any ((select current_setting('toldonce.staff')::uuid[])::uuid[])
  ), carried as (
    update actions a set carried_over = least(a.carried_over, 32766::smallint) + 1::smallint
    from m where a.marac_id = m.marac_id and a.meeting_id is distinct from m.id
      and a.agreed_on < m.held_on
      and (a.status in ('open', 'in_progress')
        or (not a.resolved and a.status in ('not_done', 'not_possible_circumstances_changed')))
    returning a.id, a.marac_id, a.case_id, a.owner_agency_id, a.status
  )
  insert into action_changes (action_id, marac_id, case_id, agency_id)
  select id, marac_id, case_id, owner_agency_id from carried where status in ('open', 'in_progress')
$$;

-- The register of what agencies owe, for the steering group: every case counts, nobody is named, and
-- all its readers get the same.
create function action_register(p_today date, p_maracs uuid[]) returns table (
  marac_id uuid, agency_id uuid, agency text, kind text, outstanding bigint, overdue bigint,
  longest_overdue_days integer, with_agency_lead bigint, with_coordinator bigint, with_chair bigint,
  with_steering_group bigint, reminders bigint, carried_over bigint, carried_over_again bigint,
  unresolved bigint, not_done_in_a_year bigint
) language sql stable security definer set search_path = public as $$
  select a.marac_id, g.id, g.name, g.kind,
    count(*) filter (where a.due),
    count(*) filter (where a.due and a.due_on < p_today),
    coalesce(max(p_today - a.due_on) filter (where a.due and a.due_on < p_today), 0),
    count(*) filter (where a.due and a.escalation = 'agency_lead'),
    count(*) filter (where a.due and a.escalation = 'coordinator'),
    count(*) filter (where a.due and a.escalation = 'chair'),
    count(*) filter (where a.due and a.escalation = 'steering_group'),
    coalesce(sum(a.reminders) filter (where a.due), 0),
    count(*) filter (where a.due and a.carried_over > 0),
    count(*) filter (where a.due and a.carried_over > 1),
    count(*) filter (where a.unresolved),
    count(*) filter (where a.status = 'not_done')
  from (
    select x.*, x.status in ('open', 'in_progress') as due,
      not x.resolved and x.status in ('not_done', 'not_possible_circumstances_changed') as unresolved
    from actions x
    where x.marac_id = any (p_maracs)
      and x.marac_id = any ((select nullif(current_setting('toldonce.maracs', true), '')::uuid[])::uuid[])
      and (x.status in ('open', 'in_progress')
        or (not x.resolved and x.status in ('not_done', 'not_possible_circumstances_changed'))
        or (x.status = 'not_done' and x.status_at >= p_today - interval '1 year'))
  ) a join agencies g on g.id = a.owner_agency_id
  group by a.marac_id, g.id
$$;

revoke execute on function carry_over, action_register from public;
grant execute on function carry_over, action_register to toldonce_app;
