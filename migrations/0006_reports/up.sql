-- Counts of actions, and the last word to an agency of what left its sight.

-- Read from the history, as at a day. Row-level security hides closed cases from their excluded
-- readers; a report counts every case and is the same for all, so it is counted here, and only in
-- MARACs the caller holds a role in.
create function action_counts(p_as_at date, p_maracs uuid[]) returns table (
  marac_id uuid, owner_kind text, status text, unresolved boolean, overdue boolean, actions bigint
) language sql stable security definer set search_path = public as $$
  select l.marac_id, g.kind, l.status,
    l.kind = 'reported' and l.status in ('not_done', 'not_possible_circumstances_changed'),
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
revoke execute on function action_counts from public;
grant execute on function action_counts to toldonce_app;

-- Whom an exclusion shuts out must still be told once that an action is gone; later changes of a
-- closed case stay hidden, so that nobody learns from the feed that work goes on.
alter table action_changes add column announced boolean not null default false;
comment on column action_changes.announced is
  'What the agency may see of the case changed, not the action: readable though the case is closed.';
create policy last_word on action_changes for select to toldonce_app using (
  announced
  and agency_id = (select nullif(current_setting('toldonce.agency', true), '')::uuid)
  and marac_id = any ((select nullif(current_setting('toldonce.maracs', true), '')::uuid[])::uuid[]));
