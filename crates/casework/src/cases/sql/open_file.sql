-- Opens a file: the case, its key, and the circle of who refers. It does nothing, and answers nothing, if the code is
-- taken.
with c as (
  insert into cases (id, marac_id, code, status, received_at, created_at, tokens_version)
  values ($1, $2, $3, 'intake', $10, $4, $11)
  on conflict (code) do nothing
  returning id
), g as (
  insert into circle (id, marac_id, case_id, basis, user_id, actor_id, opens_at, created_by, created_at)
  select $5, $2, c.id, 'referrer', $6, $7, $4, $6, $4
  from c
  where $6::uuid is not null or $7::uuid is not null
)
insert into data_keys (case_id, marac_id, master_key_id, wrapped, created_at)
select c.id, $2, $8, $9, $4
from c
returning case_id
