-- Makes the notices of these cases. One that another server made meanwhile stands; those made here are returned.
insert into lapse_notices (id, marac_id, case_id, lapses_on, status, created_at)
select x.id, x.m, x.c, x.lapses_on, 'open', $5
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::date[]) as x(id, m, c, lapses_on)
on conflict on constraint lapse_notices_once do nothing
returning marac_id, case_id
