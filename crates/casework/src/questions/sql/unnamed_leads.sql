-- Who leads a case though nobody was made its lead: the IDVAs of the service it is allocated to; without one, who
-- referred.
with live as (
  select g.basis, g.user_id, g.actor_id, g.agency_id
  from circle g
  where g.case_id = $1 and g.opens_at <= $3 and g.ends_at > $3
)
select u.id as user_id, null::uuid as actor_id
from live l
join users u on u.agency_id = l.agency_id and u.disabled_at is null
join role_grants r on r.user_id = u.id and r.marac_id = $2 and r.role = 'idva' and r.ends_at > $3
where l.basis = 'allocation'
union
select l.user_id, l.actor_id
from live l
where l.basis = 'referrer'
  and not exists (select from live a where a.basis = 'allocation')
