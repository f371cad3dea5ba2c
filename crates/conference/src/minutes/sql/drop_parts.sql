-- Takes parts out of a version: all that are in the caller's sight (`$2`), or those of these cases.
delete from minutes_parts p
using cases c
where c.id = p.case_id
  and p.version_id = $1
  and ($2 or p.case_id = any ($3))
  and {visible_cases(c)}
