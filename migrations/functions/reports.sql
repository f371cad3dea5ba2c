-- Figures stand beside lists of the same things, and somebody could compare the two. So figures count what their
-- reader may see. Reports at the command line are the program's own and count everything. Figures name nobody.

-- Counts of actions as at a day, read from their history. What was reported as not done waits for the chair. It still
-- waits when somebody who leaves hands it to a colleague: that it changed hands is no decision on it.
create or replace function action_counts(p_as_at date, p_maracs uuid[]) returns table (
  marac_id uuid, owner_kind text, status text, unresolved boolean, overdue boolean, actions bigint
) language sql stable security definer set search_path = public as $$
  select l.marac_id, g.kind, l.status,
    l.kind <> 'accepted' and l.status in ('not_done', 'not_possible_circumstances_changed'),
    l.status in ('open', 'in_progress') and l.due_on < p_as_at,
    count(*)
  from (
    select distinct on (e.action_id) e.marac_id, e.owner_agency_id, e.kind, e.status, e.due_on
    from action_events e
    where e.effective_on <= p_as_at
      and e.marac_id = any (p_maracs)
      and e.marac_id = any ((select nullif(current_setting('toldonce.maracs', true), '')::uuid[])::uuid[])
      and e.case_id <> all ((select coalesce(nullif(current_setting('toldonce.closed', true), ''), '{}')::uuid[])::uuid[])
    order by e.action_id, e.effective_on desc, e.created_at desc, e.id desc
  ) l
  join agencies g on g.id = l.owner_agency_id
  group by 1, 2, 3, 4, 5
$$;

-- What agencies owe, for the steering group.
create or replace function action_register(p_today date, p_maracs uuid[]) returns table (
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
      and x.case_id <> all ((select coalesce(nullif(current_setting('toldonce.closed', true), ''), '{}')::uuid[])::uuid[])
      and (x.status in ('open', 'in_progress')
        or (not x.resolved and x.status in ('not_done', 'not_possible_circumstances_changed'))
        or (x.status = 'not_done' and x.status_at >= p_today - interval '1 year'))
  ) a join agencies g on g.id = a.owner_agency_id
  group by a.marac_id, g.id
$$;

-- What agencies confirmed of flags.
create or replace function flag_register(p_today date, p_maracs uuid[]) returns table (
  marac_id uuid, agency_id uuid, agency text, kind text, asked bigint, asked_overdue bigint,
  placed bigint, not_placed bigint, removal_due bigint, removal_overdue bigint, removed bigint
) language sql stable security definer set search_path = public as $$
  select f.marac_id, g.id, g.name, g.kind,
    count(*) filter (where f.status = 'asked'),
    count(*) filter (where f.status = 'asked' and f.due_on < p_today),
    count(*) filter (where f.status = 'placed'),
    count(*) filter (where f.status = 'not_placed'),
    count(*) filter (where f.status = 'removal_due'),
    count(*) filter (where f.status = 'removal_due' and f.due_on < p_today),
    count(*) filter (where f.status = 'removed')
  from flags f join agencies g on g.id = f.agency_id
  where f.marac_id = any (p_maracs)
    and f.marac_id = any ((select nullif(current_setting('toldonce.maracs', true), '')::uuid[])::uuid[])
    and f.case_id <> all ((select coalesce(nullif(current_setting('toldonce.closed', true), ''), '{}')::uuid[])::uuid[])
  group by f.marac_id, g.id
$$;

revoke execute on function action_counts, action_register, flag_register from public;
grant execute on function action_counts, action_register, flag_register to toldonce_app;
