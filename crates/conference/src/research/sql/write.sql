-- Writes answers to requests. What stood there before is kept as a version.
with kept as (
  insert into research_versions (
    id, marac_id, case_id, return_id, version, status, private, shareable, answered_at, by_user_id, by_actor_id,
    created_at)
  select k.id, r.marac_id, r.case_id, r.id, r.version, r.status, r.private, r.shareable, r.answered_at, r.by_user_id,
    r.by_actor_id, $7
  from unnest($1::uuid[], $2::uuid[]) as k(id, return_id)
  join research_returns r on r.id = k.return_id
  where r.answered_at is not null
)
update research_returns r
set status = n.status,
  nothing_known = n.nothing_known,
  private = n.private,
  shareable = n.shareable,
  exemption = null,
  answered_at = $7,
  answered_on = coalesce(r.answered_on, $8),
  batch_id = $9,
  by_user_id = $10,
  by_actor_id = $11,
  version = r.version + 1
from unnest($2::uuid[], $3::text[], $4::bool[], $5::bytea[], $6::bytea[])
  as n(id, status, nothing_known, private, shareable)
where r.id = n.id
