-- Writes parts of a version.
insert into minutes_parts (id, marac_id, case_id, meeting_id, version_id, position, sealed, created_at)
select n.id, $5, n.case_id, $6, $7, n.position, n.sealed, $8
from unnest($1::uuid[], $2::uuid[], $3::int[], $4::bytea[]) as n(id, case_id, position, sealed)
