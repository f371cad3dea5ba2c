-- Whether a case of the agenda that the caller sees has no part in this version.
select exists (
  select from agenda_items i
  join cases c on c.id = i.case_id
  {file_key(c.id)}
  where {not_destroyed()}
    and i.meeting_id = $1
    and i.status in ('heard', 'deferred', 'alert_noted')
    and not exists (
      select from minutes_parts p
      where p.version_id = $2 and p.case_id = i.case_id)
    and {visible_cases(c)}) as missing
