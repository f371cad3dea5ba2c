-- Adds the new tokens for those old ones that a file has.
with gone as (
  select distinct x.kind, x.old, x.new
  from unnest($3::text[], $4::bytea[], $5::bytea[]) as x(kind, old, new)
  join match_tokens t on t.case_id = $2 and t.kind = x.kind and t.token = x.old
)
insert into match_tokens as t (marac_id, case_id, kind, token, version)
select distinct $1::uuid, $2::uuid, kind, new, $6::smallint
from gone
on conflict (case_id, kind, token) do update set
  version = excluded.version
