-- asked_lines(r): the columns of an `AskedLine`, for a page of requests at `r` whose people and keys are joined.
{r}.id, {r}.marac_id, {r}.case_id, c.code as case_code, {r}.meeting_id, m.starts_at, {r}.agenda_item_id, {r}.status,
{r}.standing, {r}.nothing_known, {r}.due_on, {r}.version, {key_columns()},
coalesce(p.ids, '{}') as party_ids,
coalesce(p.roles, '{}') as party_roles,
coalesce(p.identities, '{}') as identities
