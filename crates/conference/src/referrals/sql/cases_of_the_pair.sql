-- The MARAC's other cases of the same pair as this file that the caller sees.
select distinct c.id
from match_tokens t
join match_tokens o on o.kind = 'pair' and o.token = t.token and o.case_id <> t.case_id
join cases c on c.id = o.case_id
{file_key(c.id)}
where {not_destroyed()}
  and t.case_id = $1
  and t.kind = 'pair'
  and c.marac_id = $2
  and c.opened_at is not null
  and c.status not in ('joined', 'transferred_out')
  and {visible_cases(c)}
order by c.id
