-- Files in sight of these MARACs in which somebody with one of these tokens stands.
select c.id as case_id, c.code, c.status, t.kind as role, c.marac_id
from (
  select distinct m.case_id, m.kind
  from unnest($1::text[], $2::bytea[]) as x(kind, token)
  join match_tokens m on m.kind = x.kind and m.token = x.token
) t
join cases c on c.id = t.case_id
where c.marac_id = any ($3) and c.status <> 'joined' and {visible_cases(c)}
order by c.last_referral_on desc nulls last, c.id
limit 50
