-- The regular meetings of these MARACs and their days, where each MARAC is; of two on one day the older comes last.
select id, marac_id, (starts_at at time zone time_zone)::date as day, status in ('held', 'minuted') as held
from meetings
where marac_id = any ($1)
  and kind = 'scheduled'
  and status <> 'cancelled'
order by created_at desc, id desc
