-- Opens the file to the referral's author again: to their account if it is open, else to the registered person.
insert into circle (id, marac_id, case_id, basis, user_id, actor_id, opens_at, created_by, created_at)
select $1, $2, $3, 'referrer', x.user_id, x.actor_id, $4, x.user_id, $4
from (
  select u.id as user_id, null::uuid as actor_id
  from users u
  where u.id = $5 and u.disabled_at is null
  union all
  select null, r.id
  from registered_actors r
  where $5 is null and r.id = $6
) x
