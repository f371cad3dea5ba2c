-- A meeting of this MARAC, and its day where it is held.
select id, (starts_at at time zone time_zone)::date as "on"
from meetings
where marac_id = $1 and id = $2
