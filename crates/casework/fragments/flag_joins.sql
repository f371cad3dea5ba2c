-- flag_joins(): joins to the flags `a` what `flag_columns` shows: their cases, and what their agencies last said.
{case_owner_and_survivor(a)}
left join lateral (
  select e.id, e.sealed
  from flag_events e
  where e.flag_id = a.id and e.sealed is not null
  order by e.created_at desc, e.id desc
  limit 1
) e on true
order by a.due_on, a.id
