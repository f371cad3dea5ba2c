-- Adds tokens to a file. Of a token that it has, the later version stays.
insert into match_tokens as t (marac_id, case_id, kind, token, version)
select $1, $2, kind, token, version
from unnest($3::text[], $4::bytea[], $5::smallint[]) as x(kind, token, version)
on conflict (case_id, kind, token) do update set
  version = excluded.version
where t.version < excluded.version
