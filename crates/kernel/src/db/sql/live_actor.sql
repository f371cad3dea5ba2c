-- The caller as they stand now: none if their account, session, client, secret or agency no longer holds.
select user_id, actor_id, actor_known, agency_id, administrator, password_at, rights, marac_ids, roles, staff, idva, rep,
  closed
from live_actor($1, $2, $3, $4, $5)
where agency_id is not null
  and ($3::uuid is null
    or exists (select from api_clients c where c.id = $3 and c.secret_version = $6))
