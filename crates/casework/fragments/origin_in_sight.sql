-- origin_in_sight(origins, id): joins, as `s`, the row of this table that another was laid by, with the key of its case.
-- It is there only if the caller decides in the MARAC of that case, and sees it.
left join lateral (
  select o.case_id, o.reason, {key_columns()}
  from {origins} o
  join cases c on c.id = o.case_id
  {file_key(c.id)}
  where {not_destroyed()}
    and o.id = {id}
    and c.marac_id = any ($staff)
    and {visible_cases(c)}
) s on true
