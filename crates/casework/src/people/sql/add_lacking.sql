-- Adds the tokens of today that a file lacks; those that it has are of this version then.
insert into match_tokens (marac_id, case_id, kind, token, version)
select distinct $1::uuid, $2::uuid, kind, token, $5::smallint
from unnest($3::text[], $4::bytea[]) as x(kind, token)
on conflict (case_id, kind, token) do update set
  version = excluded.version
