-- A page of the parts that are damaged still, of cases in sight and of meetings, newest first.
select d.id, d.case_id, d.case_code, d.meeting_id, d.part, d.field, d.row_id, d.was, d.found_at, d.seen_at
from (
  select d.id, d.case_id, c.code as case_code, null::uuid as meeting_id, d.part, d.field, d.row_id, d.digest, d.was,
    d.found_at, d.seen_at
  from damaged_parts d
  join cases c on c.id = d.case_id
  where d.marac_id = $1 and {visible_cases(c)}
  union all
  select d.id, null, null, d.meeting_id, d.part, d.field, d.row_id, d.digest, null, d.found_at, d.seen_at
  from damaged_meeting_parts d
  where d.marac_id = $1 and d.marac_id = any ($staff)
) d
where ($2::timestamptz is null or (d.found_at, d.id) < ($2, $3))
  and damage_stands(d.part, d.field, d.row_id, d.digest)
order by d.found_at desc, d.id desc
limit $4
