-- flag_joins(): joins to the flags `a` what `flag_columns` shows: their cases, and what their agencies last said.
join cases c on c.id = a.case_id
{file_key(a.case_id)}
join agencies o on o.id = a.owner_agency_id
left join lateral (
  select p.id, p.identity
  from parties p
  where p.case_id = a.case_id and p.role = 'survivor'
  order by p.id
  limit 1
) s on true
left join lateral (
  select e.id, e.sealed
  from flag_events e
  where e.flag_id = a.id and e.sealed is not null
  order by e.created_at desc, e.id desc
  limit 1
) e on true
order by a.due_on, a.id
