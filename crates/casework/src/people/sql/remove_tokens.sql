-- Takes these tokens from a file.
delete from match_tokens t
using unnest($2::text[], $3::bytea[]) as x(kind, token)
where t.case_id = $1 and t.kind = x.kind and t.token = x.token
