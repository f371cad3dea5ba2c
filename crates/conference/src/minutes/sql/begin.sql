-- Begins a version of a meeting's minutes as a draft. Its number follows the last one, seen or not.
-- Its `If-Match` goes on counting from there, so that no earlier one fits.
insert into minutes_versions (
  id, marac_id, meeting_id, number, status, due_on, frame, drafted_by, drafted_at, version, created_at)
select $1, $2, $3, coalesce(max(v.number), 0) + 1, 'draft', $4, $5, $6, $7, coalesce(max(v.version), 0) + 1, $7
from minutes_versions v
where v.meeting_id = $3
