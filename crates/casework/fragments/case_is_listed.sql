-- case_is_listed(c): the case at this alias is in sight, opened, not destroyed, and passes the filter of a list.
-- The filter is a status ($2) and a day before which flags lapse ($3); each may be null.
{c}.opened_at is not null
and ($2::text is null or {c}.status = $2)
and ($3::date is null or {c}.lapses_on < $3)
and not exists (select from data_keys d where d.case_id = {c}.id and d.wrapped is null)
and {visible_cases({c})}
