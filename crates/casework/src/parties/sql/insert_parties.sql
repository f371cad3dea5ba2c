-- Adds these people to a case by a referral, each linked to nobody elsewhere.
with p as (
  insert into persons (id, created_at)
  select id, $6
  from unnest($2::uuid[]) as x(id)
)
insert into parties (id, person_id, role, identity, marac_id, case_id, created_at, referral_id)
select id, person_id, role, identity, $5, $7, $6, $8
from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bytea[]) as x(id, person_id, role, identity)
