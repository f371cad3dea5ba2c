-- What was reported as not done and waits for the chair still waits when somebody who leaves hands it to
-- a colleague: that it changed hands is the last word of its history, and no decision on it.
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
    order by e.action_id, e.effective_on desc, e.created_at desc, e.id desc
  ) l
  join agencies g on g.id = l.owner_agency_id
  group by 1, 2, 3, 4, 5
$$;
