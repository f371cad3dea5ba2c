-- case_owner_and_survivor(a): joins to the action or flag at this alias its case `c` with the key, its owner `o`, and the
-- first survivor `s`.
join cases c on c.id = {a}.case_id
{file_key({a}.case_id)}
join agencies o on o.id = {a}.owner_agency_id
left join lateral (
  select p.id, p.identity
  from parties p
  where p.case_id = {a}.case_id and p.role = 'survivor'
  order by p.id
  limit 1
) s on true
