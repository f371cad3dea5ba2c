-- exclusion_rows(): the exclusions `e` of the case $1.
-- With the one that each comes from, as far as the caller decides there. What was laid from another MARAC on somebody
-- who does not sit in this one concerns nobody here.
select e.id, e.user_id, e.actor_id, e.agency_id, e.exempt_user_id, e.set_by, e.created_at,
  nullif(e.ends_at, 'infinity') as ends_at, e.lifted_by, e.version, e.reason, e.client_id, e.laid_by, e.root_id,
  s.case_id as from_case_id, s.reason as root_reason, s.master_key_id as root_master_key_id, s.wrapped as root_wrapped
from exclusions e
{origin_in_sight(exclusions, e.root_id)}
where e.case_id = $1
  and (e.root_id is null
    or exists (
      select from marac_agencies m
      where m.marac_id = e.marac_id
        and m.agency_id in (
          select e.agency_id
          union all
          select u.agency_id from users u where u.id = e.user_id
          union all
          select r.agency_id from registered_actors r where r.id = e.actor_id
          union all
          select p.agency_id from api_clients p where p.id = e.client_id)))
